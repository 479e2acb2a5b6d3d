// The blog behind node.js and bun.js: prepared statements, WAL and synchronous=FULL, as fast as
// plain JavaScript goes. `db` is better-sqlite3's or bun:sqlite's, which agree on what is used.
'use strict'
const pages = require('./pages.js')

const post_columns = `p.title, p.content, p.id, p.user_id, p.date_posted,
  u.username, u.email, u.image_file FROM posts p JOIN users u ON u.id = p.user_id`

function post_of(row) {
  return {
    title: row.title,
    content: row.content,
    id: row.id,
    user_id: row.user_id,
    date_posted: row.date_posted.replace(' ', 'T') + 'Z',
    author: {
      username: row.username,
      email: row.email,
      id: row.user_id,
      image_file: row.image_file,
      image_path: row.image_file ? '/media/profile_pics/' + row.image_file
        : '/static/profile_pics/default.jpg'
    }
  }
}

// As the blog stores it: "2026-11-22 10:28:46.271000".
function now() {
  return new Date().toISOString().replace('T', ' ').replace('Z', '000')
}

function fault(post) {
  if (typeof post?.title !== 'string' || post.title === '' || post.title.length > 100) return 'title'
  if (typeof post.content !== 'string' || post.content === '') return 'content'
  return Number.isInteger(post.user_id) ? null : 'user_id'
}

module.exports = function blog(db) {
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON')
  const find = db.prepare(`SELECT ${post_columns} WHERE p.id = ?`)
  const page = db.prepare(
    `SELECT ${post_columns} ORDER BY p.date_posted DESC, p.id DESC LIMIT ? OFFSET ?`)
  const all = db.prepare(`SELECT ${post_columns} ORDER BY p.id`)
  const count = db.prepare('SELECT count(*) AS total FROM posts')
  const user = db.prepare('SELECT id FROM users WHERE id = ?')
  const insert = db.prepare(
    'INSERT INTO posts (title, content, user_id, date_posted) VALUES (?, ?, ?, ?)')

  const find_post = id => {
    const row = find.get(id)
    return row ? post_of(row) : null
  }
  return {
    find_post,
    all_posts: () => all.all().map(post_of),
    page_posts: (skip, limit) => {
      const posts = page.all(limit, skip).map(post_of)
      const { total } = count.get()
      return { posts, total, skip, limit, has_more: skip + posts.length < total }
    },
    fault,
    // null: there is no such user
    create_post: ({ title, content, user_id }) => {
      if (!user.get(user_id)) return null
      return find_post(Number(insert.run(title, content, user_id, now()).lastInsertRowid))
    },
    home_page: () => pages.home(page.all(10, 0).map(post_of)),
    post_page: id => {
      const post = find_post(id)
      return post && pages.post(post)
    }
  }
}
