// The blog on Node with fastify and better-sqlite3: node node.js PORT DATABASE
'use strict'
const Database = require('better-sqlite3')
const app = require('fastify')({ logger: false })
const [port, file] = process.argv.slice(2)
const blog = require('./blog.js')(new Database(file))

// With schemas fastify makes a serialiser for each answer, its fastest way to JSON.
const text = { type: 'string' }, whole = { type: 'integer' }
const post = {
  type: 'object',
  properties: {
    title: text, content: text, id: whole, user_id: whole, date_posted: text,
    author: {
      type: 'object',
      properties: {
        username: text, email: text, id: whole, image_file: { type: ['string', 'null'] },
        image_path: text
      }
    }
  }
}
const created = {
  body: {
    type: 'object',
    required: ['title', 'content', 'user_id'],
    properties: {
      title: { ...text, minLength: 1, maxLength: 100 }, content: { ...text, minLength: 1 },
      user_id: whole
    }
  },
  response: { 201: post }
}
const missing = (reply, what) => reply.code(404).send({ detail: what + ' not found' })
const html = (reply, page) => reply.type('text/html; charset=utf-8').send(page)

app.get('/api/posts/:id', { schema: { response: { 200: post } } }, (request, reply) =>
  blog.find_post(Number(request.params.id)) ?? missing(reply, 'Post'))
app.get('/api/posts', (request, reply) => {
  const { skip = 0, limit } = request.query
  reply.send(limit === undefined ? blog.all_posts() : blog.page_posts(Number(skip), Number(limit)))
})
app.post('/api/posts', { schema: created }, (request, reply) => {
  const made = blog.create_post(request.body)
  return made ? reply.code(201).send(made) : missing(reply, 'User')
})
app.get('/', (request, reply) => html(reply, blog.home_page()))
app.get('/posts/:id', (request, reply) => {
  const page = blog.post_page(Number(request.params.id))
  return page ? html(reply, page) : missing(reply, 'Post')
})
app.listen({ port: Number(port), host: '127.0.0.1' })
