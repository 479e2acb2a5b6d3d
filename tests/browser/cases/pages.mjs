import { checkBarriers, checkDates, checkPictures, checkStructure, checkWidths, takePictures }
  from "../suite/checks.mjs";
import { visit } from "../suite/visit.mjs";

// Every page in every look, with and without JavaScript.
export function pageCases(world) {
  return pagesOf(world).map(([name, server, path, status]) => ({
    name: `page: ${name}`,
    run: async (t) => {
      const page = await visit(world, t, server, path, { status });
      await checkStructure(t, page);
      await checkDates(t, page);
      await checkPictures(t, page);
      await checkSameWithoutJavaScript(world, t, page, server, path, status);
      await checkWidths(t, page);
      await takePictures(world, page, name);
      await checkBarriers(world, t, page);
    },
  }));
}

function pagesOf(world) {
  const { demo, empty, extreme, extremes } = world;
  const plain = extremes.posts.filter((post) => !post.hostile);
  const hostile = extremes.posts.filter((post) => post.hostile);
  return [
    ["home", demo, "/", 200],
    ["older posts", demo, world.older, 200],
    ["a post", demo, "/posts/44", 200],
    ["an author", demo, "/users/1/posts", 200],
    ["beyond the last post", demo, "/?before=0_0", 200],
    ["404", demo, "/nope", 404],
    ["404 of a post", demo, "/posts/999999", 404],
    ["422", demo, "/posts/abc", 422],
    ["an empty blog", empty, "/", 200],
    ["an author without posts", extreme, `/users/${extremes.idle.id}/posts`, 200],
    ["home with extremes", extreme, "/", 200],
    ["home with markup", extreme, `/?before=${Date.now() * 1000}_${plain[0].id}`, 200],
    ...plain.map((post) => [`extreme post ${post.id}`, extreme, `/posts/${post.id}`, 200]),
    ...hostile.slice(0, 1).map((post) => ["a post of markup", extreme, `/posts/${post.id}`, 200]),
    ...extremes.authors.filter((author) => author.username.length === 50)
      .map((author) => [`extreme author ${author.id}`, extreme, `/users/${author.id}/posts`, 200]),
  ];
}

async function checkSameWithoutJavaScript(world, t, page, server, path, status) {
  const still = await visit(world, t, server, path, { status, javaScript: false });
  const [moving, fixed] = await Promise.all([page, still].map((each) => each.innerText("body")));
  t.equal(fixed, moving, "text without JavaScript");
}
