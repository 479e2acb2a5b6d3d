import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// What people, and those who wish them ill, may write into a blog.

const picture = fileURLToPath(
  new URL("../../../www/static/profile_pics/default.jpg", import.meta.url));

// Each of them sets window.__xss, opens a dialog or changes the page when it is taken for markup.
export const payloads = [
  `<script>window.__xss=1</script>`,
  `<script>alert(1)</script>`,
  `<img src=x onerror=window.__xss=1>`,
  `"><svg onload=window.__xss=1>`,
  `' autofocus onfocus=window.__xss=1 x='`,
  `" autofocus onfocus=window.__xss=1 x="`,
  `</title><script>window.__xss=1</script>`,
  `</a></div><iframe srcdoc="<script>parent.__xss=1</script>">`,
  `<a href="javascript:window.__xss=1">x</a>`,
  `--><script>window.__xss=1</script><!--`,
  `&lt;script&gt;window.__xss=1&lt;/script&gt; &#60; &amp;amp;`,
  `{{ 7 * 7 }}{% include "base.html" %}{# gone #}`,
  `<style>body{display:none}</style>`,
  `<meta http-equiv=refresh content="0;url=/nope">`,
  `<base href=//evil.example/><link rel=stylesheet href=//evil.example/x.css>`,
];

const longWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

function longPost() {
  const sentence = "The tide came in as it had come in before, and nobody wrote it down. ";
  const paragraph = sentence.repeat(9).trim() + "\n\n";
  const address = `https://example.org/${"a/very/long/path/".repeat(40)}`;
  const middle = `${"x".repeat(5000)}\n\n${address}\n\n`;
  const count = Math.floor((200 * 1024 - middle.length) / 2 / paragraph.length);
  const half = paragraph.repeat(count);
  return (half + middle + half).padEnd(200 * 1024, "end ").slice(0, 200 * 1024);
}

const plainPosts = [
  { title: longWord.padEnd(100, "sgesellschaft"), content: longWord.repeat(20) },
  { title: "W".repeat(100), content: "W".repeat(3000) },
  {
    title: "השפה העברית והמספר 42 in English, ושוב עברית",
    content: "פסקה ראשונה, מימין לשמאל, עם מילה אחת in English ועם 3.14.\n\n" +
      "A second paragraph, from left to right.\n\nקישור: https://example.org/שלום?a=1&b=2",
    direction: "rtl",
  },
  {
    title: "مرحبا بالعالم: ثلاثة أسطر (1) و(2) و[3]",
    content: "هذا نص عربي طويل بما يكفي ليمتد على أكثر من سطر واحد في شاشة ضيقة. ".repeat(8),
    direction: "rtl",
  },
  { title: "A post of two hundred kilobytes", content: longPost() },
  {
    title: "👩🏽‍💻👨‍👩‍👧‍👦🏳️‍🌈🇳🇿 e\u0301 Z\u0351\u036b\u0343a\u0363\u0321l\u0348g\u0322o\u0309",
    content: "🦆".repeat(2000),
  },
  { title: `"Quotes" 'single' “curly” «guillemets» & <angles> \\ back`, content: `"'"'"'\\"\\'` },
  { title: "漢字とかなの題名がここに続いていくのでどこかで折り返す必要がある", content: "漢字かな".repeat(400) },
  {
    title: "Lines  and   spaces",
    content: "\n  two spaces\n\ttab\r\n\r\nafter CRLF\n\n\n\n\n" +
      " ".repeat(400) + "far right\n" + "\t".repeat(60) + "|\nend  \n",
  },
  { title: "x", content: "." },
  {
    title: "Bidi \u202eevil\u202c and zero\u200bwidth",
    content: "\u202enever closed, \u2067isolated",
  },
];

const names = [
  "Ada",
  "W".repeat(50),
  `O'Brien "the Quill" & Søn`,
  "יוסי כהן 7",
  "👩‍🚀🦄 e\u0301",
  ...payloads.filter((text) => text.length <= 50),
  `<b onclick="window.__xss=1">fifty letters</b>'"&`.padEnd(50, "<"),
];

// A file name that needs every care on its way into a URL and back.
const pictureName = `"><img src=x onerror=window.__xss=1> '%41&amp;?a#b é.jpg`;

// Answers the authors and posts as the API tells them, with what we know about each post. One author
// has written nothing, one many short notes.
export async function writeExtremes(server) {
  copyFileSync(picture, join(server.pictures, pictureName));
  const authors = [];
  for (const [at, username] of names.entries()) {
    const email = at === 1 ? "x'onerror=window.__xss=1{}@example.com" : `a${at}@example.com`;
    const author = await server.api("POST", "/api/users", { username, email });
    authors.push(at % 2 === 0 ? author
      : await server.api("PATCH", `/api/users/${author.id}`, { image_file: pictureName }));
  }
  const [idle, busy] = [
    await server.api("POST", "/api/users", { username: `Never'"<wrote>`, email: "idle@example.com" }),
    await server.api("POST", "/api/users", { username: "Notes", email: "busy@example.com" }),
  ];

  const posts = [];
  const hostile = payloads.map((text) =>
    ({ title: text, content: `${text}\n${text}`, hostile: true }));
  const notes = Array.from({ length: 21 }, (_, at) =>
    ({ title: `Note ${at}`, content: "Short.", note: true }));
  for (const [at, post] of [...notes, ...hostile, ...plainPosts].entries()) {
    const { title, content } = post;
    const user_id = (post.note ? busy : authors[at % authors.length]).id;
    posts.push({ ...post, ...await server.api("POST", "/api/posts", { title, content, user_id }) });
  }
  return { authors, idle, busy, posts };
}
