import assert from "node:assert/strict";
import { test } from "node:test";
import { listOn, serverOf, under, withParam, withServer } from "../../../assets/server_address.js";

test("the last name that is not empty counts, as it does in Python", () => {
  assert.equal(serverOf(""), "");
  assert.equal(serverOf("?q=1&server=prod"), "prod");
  assert.equal(serverOf("?server=a&server=b&server="), "b");
});

test("a link keeps the server of its page, unless it names one itself or leads away", () => {
  const cases = [
    ["/tasks", "prod", "/tasks?server=prod"],
    ["/tasks?q=a%20b", "prod", "/tasks?q=a%20b&server=prod"],
    ["/executions/1?tab=data#L9", "prod", "/executions/1?tab=data&server=prod#L9"],
    ["/executions/1#L9", "prod", "/executions/1?server=prod#L9"],
    ["/tasks?server=staging", "prod", "/tasks?server=staging"],
    ["/tasks", "", "/tasks"],
    ["https://other.test/", "prod", "https://other.test/"],
    ["/tasks", "<&>", "/tasks?server=%3C%26%3E"],
    [undefined, "prod", undefined],
  ];
  for (const [href, server, result] of cases) assert.equal(withServer(href, server), result);
});

test("one more parameter joins those that are there", () => {
  assert.equal(withParam("/login", "next", "/tasks?q=a&b=1#L9"), "/login?next=%2Ftasks%3Fq%3Da%26b%3D1%23L9");
  assert.equal(withParam("/logs/download?server=prod", "format", "text"), "/logs/download?server=prod&format=text");
});

test("a topic carries the name of its server; no topic stays none", () => {
  assert.equal(under("prod", "executions/1"), "prod:executions/1");
  assert.equal(under("", "executions/1"), "executions/1");
  assert.equal(under("prod", ""), "");
});

test("another server shows the same list with its filters, a detail its list", () => {
  const on = (pathname, search) => listOn("staging", { pathname, search }, ["task", "page"]);
  assert.equal(on("/executions", "?status=FAILED&task=7&page=2&server=prod"), "/executions?status=FAILED&server=staging");
  assert.equal(on("/executions/7", "?tab=data&server=prod"), "/executions?server=staging");
  assert.equal(on("/tasks/7/edit", ""), "/tasks?server=staging");
  assert.equal(on("/", "?server=prod"), "/?server=staging");
});
