// The blog on Bun's own server and SQLite: bun bun.js PORT DATABASE
'use strict'
const { Database } = require('bun:sqlite')
const [port, file] = process.argv.slice(2)
const blog = require('./blog.js')(new Database(file))

const missing = what => Response.json({ detail: what + ' not found' }, { status: 404 })
const page_headers = { 'Content-Type': 'text/html; charset=utf-8' }
const html = page => new Response(page, { headers: page_headers })

function list(request) {
  const query = new URL(request.url).searchParams
  const limit = query.get('limit')
  return Response.json(limit === null ? blog.all_posts()
    : blog.page_posts(Number(query.get('skip') ?? 0), Number(limit)))
}

async function create(request) {
  const post = await request.json()
  const fault = blog.fault(post)
  if (fault) return Response.json({ detail: fault + ' is wrong' }, { status: 422 })
  const made = blog.create_post(post)
  return made ? Response.json(made, { status: 201 }) : missing('User')
}

Bun.serve({
  port: Number(port),
  hostname: '127.0.0.1',
  routes: {
    '/': () => html(blog.home_page()),
    '/posts/:id': request => {
      const page = blog.post_page(Number(request.params.id))
      return page ? html(page) : missing('Post')
    },
    '/api/posts': { GET: list, POST: create },
    '/api/posts/:id': request => {
      const post = blog.find_post(Number(request.params.id))
      return post ? Response.json(post) : missing('Post')
    }
  },
  fetch: () => missing('Page')
})
