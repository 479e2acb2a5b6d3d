-- wrk: durable writes, each a new post.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"title": "A post", "content": "' .. string.rep("Some words of a post. ", 40) .. '", "user_id": 1}'
