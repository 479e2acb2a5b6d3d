// The pages of the blog as template literals, which is the fastest way to HTML in JavaScript.
'use strict'

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }
const escape = text => String(text).replace(/[&<>"']/g, c => entities[c])

const date_format = new Intl.DateTimeFormat(
  'en-US', { year: 'numeric', month: 'long', day: '2-digit', timeZone: 'UTC' })

// The first words of a text, at most `length` characters.
function excerpt(text, length) {
  if (text.length <= length) return text
  const cut = text.slice(0, length - 3)
  return cut.slice(0, cut.lastIndexOf(' ')) + '...'
}

const layout = (title, main) => `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>FastAPI Blog - ${escape(title)}</title>
  <meta name="color-scheme" content="light dark">
  <meta name="theme-color" content="#f8f8f4" media="(prefers-color-scheme: light)">
  <meta name="theme-color" content="#171a18" media="(prefers-color-scheme: dark)">
  <link rel="stylesheet" href="/static/css/main.css">
  <link rel="icon" href="/static/icons/favicon.ico" sizes="32x32">
  <link rel="icon" href="/static/icons/favicon.svg" type="image/svg+xml">
  <link rel="apple-touch-icon" href="/static/icons/apple-touch-icon.png">
  <link rel="manifest" href="/static/icons/site.webmanifest">
</head>
<body>
  <a class="skip" href="#main">Skip to content</a>
  <header class="site-header">
    <div class="frame">
      <a class="brand" href="/"><span>FastAPI Blog</span></a>
      <nav aria-label="Site">
        <a href="/">Home</a>
        <a href="/docs">API docs</a>
      </nav>
    </div>
  </header>
  <main class="frame" id="main" tabindex="-1">
    ${main}
  </main>
  <footer class="site-footer">
    <div class="frame">
      <p>FastAPI Blog</p>
      <p>The same posts <a href="/api/posts?limit=10">as JSON</a></p>
    </div>
  </footer>
</body>
</html>
`

const byline = post => `<div class="byline">
        <img class="portrait" src="${escape(post.author.image_path)}" alt="" width="44" height="44" loading="lazy" decoding="async">
        <p><a class="author" href="/users/${post.user_id}/posts"><bdi>${escape(post.author.username)}</bdi></a>
          <time datetime="${post.date_posted}">${date_format.format(new Date(post.date_posted))}</time></p>
      </div>`

const card = post => `<article class="card" aria-labelledby="post-${post.id}">
      ${byline(post)}
      <div class="card-text">
        <h2 dir="auto" id="post-${post.id}"><a href="/posts/${post.id}">${escape(post.title)}</a></h2>
        <p class="excerpt" dir="auto">${escape(excerpt(post.content, 280))}</p>
      </div>
      </article>`

const home = posts => layout('Home', `<h1 class="eyebrow latest">Latest posts</h1>
    <div class="cards">
      ${posts.map(card).join('\n      ')}
    </div>
    <nav class="pager" aria-label="More posts">
      <a rel="next" href="/?skip=10">Older posts <span aria-hidden="true">→</span></a>
    </nav>`)

const post = p => layout(p.title.slice(0, 50), `<article class="post" aria-labelledby="title">
      <h1 dir="auto" id="title">${escape(p.title)}</h1>
      ${byline(p)}
      <div class="post-text" dir="auto">${escape(p.content)}</div>
      <footer class="post-end">
        <p><a href="/users/${p.user_id}/posts">More by <bdi>${escape(p.author.username)}</bdi></a></p>
        <p><a href="/">All posts</a></p>
      </footer>
    </article>`)

module.exports = { home, post }
