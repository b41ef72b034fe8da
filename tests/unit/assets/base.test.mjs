import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const assets = new URL("../../../assets/", import.meta.url);

async function at(address) {
  const text = await readFile(new URL("base.js", assets), "utf8");
  const told = text.replace("import.meta.url", JSON.stringify(address));
  return import(`data:text/javascript,${encodeURIComponent(told)}`);
}

test("a script beneath a prefix knows it", async () => {
  const { BASE, pathOf, rooted, unrooted } = await at("https://ops.example/a/b/assets/base-1.js");
  assert.equal(BASE, "/a/b");
  assert.equal(rooted("/console/login"), "/a/b/console/login");
  assert.equal(rooted("https://other.example/"), "https://other.example/");
  assert.equal(unrooted("/a/b/tasks"), "/tasks");
  assert.equal(unrooted("/a/b"), "/");
  assert.equal(pathOf(new URL("https://ops.example/a/b/jobs?page=2")), "/jobs");
});

test("without a prefix nothing changes", async () => {
  const { BASE, rooted, unrooted } = await at("http://localhost:3000/assets/base-1.js");
  assert.deepEqual([BASE, rooted("/x"), unrooted("/tasks"), unrooted("/")], ["", "/x", "/tasks", "/"]);
});

test("every module that fetches does so beneath the prefix", async () => {
  const names = (await readdir(assets)).filter((name) => /\.jsx?$/.test(name) && name !== "base.js");
  for (const name of names) {
    const text = await readFile(new URL(name, assets), "utf8");
    if (/(?<![.\w])fetch\(/.test(text)) assert.match(text, /import \{[^}]*\bfetch\b[^}]*\} from "\.\/base\.js"/, name);
    assert.doesNotMatch(text, /location\.assign\((?!rooted)/, name);
  }
});

test("every module that reads the path of a link or of the page takes the prefix away", async () => {
  const names = (await readdir(assets)).filter((name) => /\.jsx?$/.test(name) && name !== "base.js");
  for (const name of names) {
    const text = await readFile(new URL(name, assets), "utf8");
    // The router has taken it away; what is written back to the history keeps it.
    const raw = [...text.matchAll(/^.*\b(\w+)\.pathname.*$/gm)].filter(([line, of]) => !["from", "to"].includes(of) && !line.includes("replaceState"));
    assert.deepEqual(raw.map(([line]) => line.trim()), [], name);
  }
});
