import { checkBarriers, checkDates, checkPictures, checkStructure, checkWidths, takePictures }
  from "../suite/checks.mjs";
import { looks, visit } from "../suite/visit.mjs";

// What every page must be. The pages of ordinary use are taken in every look, with JavaScript and
// without; extreme contents only in the two looks that have everything between them.
export function pageCases(world) {
  return [...ordinaryPages(world), ...extremePages(world)]
    .map(([name, run]) => ({ name: `page: ${name}`, run }));
}

function ordinaryPages(world) {
  const { demo, empty, extreme, extremes } = world;
  return [
    ["home", demo, "/", 200],
    ["older posts", demo, demo.older, 200],
    ["a post", demo, "/posts/44", 200],
    ["an author", demo, "/users/1/posts", 200],
    ["beyond the last post", demo, "/?before=0_0", 200],
    ["404", demo, "/nope", 404],
    ["404 of a post", demo, "/posts/999999", 404],
    ["422", demo, "/posts/abc", 422],
    ["an empty blog", empty, "/", 200],
    ["an author without posts", extreme, `/users/${extremes.idle.id}/posts`, 200],
  ].map(([name, server, path, status]) => [name, async (t) => {
    const page = await visit(world, t, server, path, { status });
    const words = await page.innerText("body");
    await checkPage(world, t, page, name, looks);
    const still = await visit(world, t, server, path, { status, javaScript: false });
    t.equal(await still.innerText("body"), words, "text without JavaScript");
  }]);
}

function extremePages(world) {
  const { extreme, extremes } = world;
  const plain = extremes.posts.filter((post) => !post.hostile && !post.note).map(({ id }) => `/posts/${id}`);
  const authors = extremes.authors.filter(({ username }) => username.length === 50)
    .map(({ id }) => `/users/${id}/posts`);
  return [
    ["lists of extreme posts", ["/", extreme.older]],
    ["names of fifty characters", authors],
    ["extreme posts", plain.slice(0, 4)],
    ["long posts", plain.slice(4, 6)],
    ["more extreme posts", plain.slice(6)],
  ].map(([name, paths]) => [name, async (t) => {
    t.subject = paths[0];
    const page = await visit(world, t, extreme, paths[0]);
    for (const path of paths) {
      t.subject = path;
      await page.goto(extreme.origin + path);
      await checkPage(world, t, page, `extreme ${path}`, [looks[0], looks[3]]);
    }
  }]);
}

async function checkPage(world, t, page, name, worn) {
  await checkStructure(t, page);
  await checkDates(t, page);
  await checkPictures(t, page);
  await checkWidths(t, page);
  await takePictures(world, page, name);
  await checkBarriers(world, t, page, { worn });
}
