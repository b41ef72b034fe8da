PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tasks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uuid BLOB NOT NULL, 
	name TEXT NOT NULL, 
	version TEXT NOT NULL, 
	description TEXT, 
	enabled BOOLEAN NOT NULL, 
	source_code TEXT NOT NULL, 
	input_schema TEXT, 
	output_schema TEXT, 
	metadata TEXT, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	UNIQUE (name, version)
);
INSERT INTO tasks VALUES(1,X'4c16bffcf24246dd93364f22a347ffb4','add-numbers','1.0.0','Adds, subtracts, multiplies or divides two numbers. Shows how schemas make the form of a run and hold the output to what was promised.',1,replace('// Arithmetic with two numbers: the smallest useful task.\n//\n// A task is a function `main(input)`. What it returns is the output. The two schemas beside this\n// source say what input is allowed and what output is promised; the form of "Run…" is made from them.\n\nconst OPERATIONS = {\n  add: { sign: "+", apply: (a, b) => a + b },\n  subtract: { sign: "-", apply: (a, b) => a - b },\n  multiply: { sign: "×", apply: (a, b) => a * b },\n  divide: { sign: "÷", apply: (a, b) => a / b },\n};\n\nfunction main({ operation = "add", a, b, precision = 2 }) {\n  if (operation === "divide" && b === 0) {\n    throw new ValidationError("Cannot divide by zero: b must be another number");\n  }\n  const { sign, apply } = OPERATIONS[operation];\n  const exact = apply(a, b);\n  if (!Number.isFinite(exact)) throw new DataError("The result is too large for a number");\n  const result = Number(exact.toFixed(precision));\n  console.log(`${a} ${sign} ${b} = ${result}`);\n  return { result, exact, expression: `${a} ${sign} ${b}` };\n}\n','\n',char(10)),'{"title":"Two numbers and what to do with them","type":"object","properties":{"operation":{"type":"string","title":"Operation","description":"What to do with the two numbers","enum":["add","subtract","multiply","divide"],"default":"add"},"a":{"type":"number","title":"First number","description":"The number to begin with","minimum":-1000000000000000.0,"maximum":1000000000000000.0,"examples":[19.99]},"b":{"type":"number","title":"Second number","description":"The number that is added, subtracted, multiplied by or divided by","minimum":-1000000000000000.0,"maximum":1000000000000000.0,"examples":[5.01]},"precision":{"type":"integer","title":"Precision","description":"Digits after the decimal point of the result","minimum":0,"maximum":10,"default":2}},"required":["operation","a","b"],"additionalProperties":false}','{"title":"Result","type":"object","properties":{"result":{"type":"number","title":"Result","description":"Rounded to the precision asked for"},"exact":{"type":"number","title":"Exact result"},"expression":{"type":"string","title":"Expression","examples":["19.99 + 5.01"]}},"required":["result","exact","expression"],"additionalProperties":false}',NULL,1795484410733,1795484410733);
INSERT INTO tasks VALUES(2,X'c72155cb9b734ff2ba24747554080ed7','text-stats','1.0.0','Counts the words, lines and sentences of a text and finds its most frequent words.',1,replace('// Statistics of a text: counts, average word length, reading time and the most frequent words.\012\012const WORDS_PER_MINUTE = 230;\012\012function wordsOf(text) {\012  return text.match(/[\p{L}\p{N}]+(?:[''’-][\p{L}\p{N}]+)*/gu) ?? [];\012}\012\012function mostFrequent(words, limit) {\012  const counts = new Map();\012  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);\012  return [...counts]\012    .map(([word, count]) => ({ word, count }))\012    .sort((one, other) => other.count - one.count || one.word.localeCompare(other.word))\012    .slice(0, limit);\012}\012\012function main({ text, topWords = 5, ignoreCase = true }) {\012  const words = wordsOf(ignoreCase ? text.toLowerCase() : text);\012  const letters = words.reduce((sum, word) => sum + [...word].length, 0);\012  if (words.length === 0) console.warn("The text has no words");\012  else console.log(`Counted ${words.length} words`);\012\012  return {\012    characters: [...text].length,\012    words: words.length,\012    lines: text === "" ? 0 : text.split(/\r\n|\r|\n/).length,\012    sentences: text.split(/[.!?…]+(?:\s|$)/).filter((sentence) => sentence.trim()).length,\012    averageWordLength: words.length ? Number((letters / words.length).toFixed(2)) : 0,\012    readingTimeSeconds: Math.ceil((words.length / WORDS_PER_MINUTE) * 60),\012    topWords: mostFrequent(words, topWords),\012  };\012}\012','\012',char(10)),'{"title":"A text","type":"object","properties":{"text":{"type":"string","title":"Text","description":"The text to look at, in any language that puts spaces between words","maxLength":100000,"examples":["The quick brown fox jumps over the lazy dog. The dog sleeps on."]},"topWords":{"type":"integer","title":"Most frequent words","description":"How many of them to list","minimum":0,"maximum":50,"default":5},"ignoreCase":{"type":"boolean","title":"Ignore case","description":"Count The and the as one word","default":true}},"required":["text"],"additionalProperties":false}','{"title":"Statistics","type":"object","properties":{"characters":{"type":"integer","title":"Characters","minimum":0},"words":{"type":"integer","title":"Words","minimum":0},"lines":{"type":"integer","title":"Lines","minimum":0},"sentences":{"type":"integer","title":"Sentences","minimum":0},"averageWordLength":{"type":"number","title":"Average word length","minimum":0},"readingTimeSeconds":{"type":"integer","title":"Reading time in seconds","minimum":0},"topWords":{"type":"array","title":"Most frequent words","items":{"title":"Word","type":"object","properties":{"word":{"type":"string","title":"Word"},"count":{"type":"integer","title":"Count","minimum":0}},"required":["word","count"],"additionalProperties":false}}},"required":["characters","words","lines","sentences","averageWordLength","readingTimeSeconds","topWords"],"additionalProperties":false}',NULL,1795484410733,1795484410733);
INSERT INTO tasks VALUES(3,X'af400254b23744a1a1bd8b1e758a9a2c','long-report','1.0.0','Builds a report over half a minute. Open its execution while it runs: progress and log lines arrive as they happen, and Cancel really stops it.',1,replace('// Builds a sales report over half a minute, with progress and some hundred log lines.\n//\n// `progress(value, note)` moves the bar of the execution, `console.debug`, `log`, `warn` and `error`\n// write to its log, and `await sleep(ms)` waits without using the processor.\n\nconst REGIONS = ["North", "East", "South", "West"];\nconst PHASES = [\n  { name: "Collecting orders", share: 0.5 },\n  { name: "Converting currencies", share: 0.2 },\n  { name: "Adding up", share: 0.2 },\n  { name: "Writing the report", share: 0.1 },\n];\nconst STEPS = 300;\n\nfunction orderOf(number) {\n  const region = REGIONS[number % REGIONS.length];\n  return { number, region, amount: ((number * 7919) % 50000) / 100, late: number % 37 === 0 };\n}\n\nfunction logStep(order, totals) {\n  totals[order.region] += order.amount;\n  const text = `Order ${order.number} from ${order.region}: ${order.amount.toFixed(2)}`;\n  if (order.number % 97 === 0) console.error(`${text} has no invoice, left out of the tax summary`);\n  else if (order.late) console.warn(`${text} was delivered late`);\n  else if (order.number % 5 === 0) console.debug(`${text}, totals so far`, totals);\n  else console.log(text);\n}\n\nasync function main({ seconds = 30, title = "Sales report" }) {\n  const begin = Date.now();\n  const totals = Object.fromEntries(REGIONS.map((region) => [region, 0]));\n  let step = 0;\n\n  for (const { name, share } of PHASES) {\n    console.info(`${name}…`);\n    for (const last = step + share * STEPS; step < last; ) {\n      step += 1;\n      logStep(orderOf(step), totals);\n      progress(step / STEPS, `${name} (${step} of ${STEPS})`);\n      // Wait for the moment at which this step is due, so that the whole takes the time asked for.\n      await sleep(begin + (step / STEPS) * seconds * 1000 - Date.now());\n    }\n  }\n\n  const total = Object.values(totals).reduce((sum, amount) => sum + amount, 0);\n  console.info(`${title} is done: ${total.toFixed(2)} in ${STEPS} orders`);\n  return {\n    title,\n    orders: STEPS,\n    total: Number(total.toFixed(2)),\n    regions: REGIONS.map((region) => ({ region, total: Number(totals[region].toFixed(2)) })),\n  };\n}\n','\n',char(10)),'{"title":"A report","type":"object","properties":{"seconds":{"type":"integer","title":"Duration in seconds","description":"How long building the report takes","minimum":1,"maximum":300,"default":30},"title":{"type":"string","title":"Title","description":"What the report is called","minLength":1,"maxLength":100,"default":"Sales report","examples":["Sales report","Morning report"]}},"required":[],"additionalProperties":false}','{"title":"Report","type":"object","properties":{"title":{"type":"string","title":"Title"},"orders":{"type":"integer","title":"Orders","minimum":0},"total":{"type":"number","title":"Total"},"regions":{"type":"array","title":"Regions","items":{"title":"Region","type":"object","properties":{"region":{"type":"string","title":"Region"},"total":{"type":"number","title":"Total"}},"required":["region","total"],"additionalProperties":false}}},"required":["title","orders","total","regions"],"additionalProperties":false}',NULL,1795484410733,1795484410733);
INSERT INTO tasks VALUES(4,X'4de84694b6bb40348358b0d1d7cac678','flaky-sync','1.0.0','Synchronises customers from a troubled source and fails by chance, each time differently. Queue it as a job to see retries at work.',1,replace('// Synchronises customers from a source that is often in trouble, as real ones are.\n//\n// Run it as a job with retries: each attempt throws the dice again, so that sooner or later one gets\n// through. `context.attempt` tells which attempt this is.\n\nconst PAGE_SIZE = 10;\nconst TROUBLES = ["unavailable", "slow", "invalid", "incomplete"];\n\nfunction customer(number) {\n  return { id: number, email: `Customer${number}@Example.com`, balance: number * 12.5 };\n}\n\nasync function readPage(page, trouble) {\n  await sleep(50);\n  if (trouble === "unavailable") throw new HttpError(503, `The source is unavailable (page ${page})`);\n  if (trouble === "slow") {\n    console.warn("The source is slow, waiting…");\n    await sleep(500);\n    throw new TimeoutError(`The source did not send page ${page} in time`);\n  }\n  const customers = Array.from({ length: PAGE_SIZE }, (_, i) => customer(page * PAGE_SIZE + i + 1));\n  if (trouble === "invalid") customers[3].balance = "12,50";\n  if (trouble === "incomplete") customers[6].email = null;\n  return customers;\n}\n\nfunction save(customer) {\n  if (typeof customer.balance !== "number") {\n    throw new ValidationError(`Customer ${customer.id}: balance ${JSON.stringify(customer.balance)} is not a number`);\n  }\n  // Fails with a TypeError when the source sent no address: the bug that this task has.\n  return { ...customer, email: customer.email.toLowerCase() };\n}\n\nasync function main({ failureRate = 0.6, pages = 5 }, context) {\n  console.log(`Attempt ${context?.attempt ?? 1}: ${pages} pages to read`);\n  const fails = Math.random() < failureRate;\n  const troubledPage = fails ? Math.floor(Math.random() * pages) : -1;\n  const trouble = TROUBLES[Math.floor(Math.random() * TROUBLES.length)];\n\n  let saved = 0;\n  for (let page = 0; page < pages; page++) {\n    const customers = await readPage(page, page === troubledPage ? trouble : null);\n    saved += customers.map(save).length;\n    progress((page + 1) / pages, `${saved} customers saved`);\n    console.log(`Page ${page + 1} of ${pages}: ${customers.length} customers saved`);\n  }\n  return { saved, pages };\n}\n','\n',char(10)),'{"title":"A synchronisation","type":"object","properties":{"failureRate":{"type":"number","title":"Failure rate","description":"How likely an attempt fails: 0 never, 1 always","minimum":0,"maximum":1,"default":0.6,"examples":[0,0.5,1]},"pages":{"type":"integer","title":"Pages","description":"How many pages of ten customers to read","minimum":1,"maximum":100,"default":5}},"required":[],"additionalProperties":false}','{"title":"Synchronised","type":"object","properties":{"saved":{"type":"integer","title":"Customers saved","minimum":0},"pages":{"type":"integer","title":"Pages read","minimum":0}},"required":["saved","pages"],"additionalProperties":false}',NULL,1795484410733,1795484410733);
INSERT INTO tasks VALUES(5,X'3b002165eee04ad493005b2556d0142a','fetch-status','1.0.0','Calls a web address with fetch and reports its status and how long it took. Without another address it asks this server for its own health.',1,replace('// Asks a web address whether it is well.\n//\n// `fetch` behaves as on the web: an answer of any status resolves, and only the lack of one throws.\n\nconst SHOWN_CHARACTERS = 200;\n\nasync function ask(url) {\n  try {\n    return await fetch(url, { headers: { accept: "application/json, text/*;q=0.9, */*;q=0.5" } });\n  } catch (error) {\n    throw new NetworkError(`${url} gives no answer. Is the address right, and is something listening there?`, {\n      cause: error,\n    });\n  }\n}\n\nasync function main({ url = "http://127.0.0.1:39157/api/v1/health", expectedStatus }) {\n  const begin = Date.now();\n  const response = await ask(url);\n  const body = await response.text();\n  const milliseconds = Date.now() - begin;\n\n  console.log(`${url} answered ${response.status} ${response.statusText} in ${milliseconds} ms`);\n  if (expectedStatus !== undefined && response.status !== expectedStatus) {\n    throw new HttpError(response.status, `${url} answered ${response.status} instead of ${expectedStatus}`);\n  }\n  return {\n    url: response.url,\n    status: response.status,\n    ok: response.ok,\n    milliseconds,\n    contentType: response.headers.get("content-type"),\n    beginsWith: body.slice(0, SHOWN_CHARACTERS),\n  };\n}\n','\n',char(10)),'{"title":"A web address","type":"object","properties":{"url":{"type":"string","title":"Address","description":"The http or https address to call","format":"uri","pattern":"^https?://","default":"http://127.0.0.1:39157/api/v1/health","examples":["http://127.0.0.1:39157/api/v1/health","https://example.com"]},"expectedStatus":{"type":"integer","title":"Expected status","description":"Fail when the answer has another status; leave empty to accept any","minimum":100,"maximum":599,"examples":[200]}},"required":[],"additionalProperties":false}','{"title":"Answer","type":"object","properties":{"url":{"type":"string","title":"Address that answered, after redirects"},"status":{"type":"integer","title":"Status"},"ok":{"type":"boolean","title":"Status is 200 to 299"},"milliseconds":{"type":"integer","title":"Time until the last byte in milliseconds","minimum":0},"contentType":{"type":["string","null"],"title":"Content type"},"beginsWith":{"type":"string","title":"Begin of the body"}},"required":["url","status","ok","milliseconds","contentType","beginsWith"],"additionalProperties":false}',NULL,1795484410733,1795484410733);
INSERT INTO tasks VALUES(6,X'30341618126d405db8a6dd1415fef325','test-1','1.0.0',NULL,1,'function main(i){console.log(''hello'', i); return {twice: i*2}}',NULL,NULL,NULL,1795484411258,1795484411258);
INSERT INTO tasks VALUES(7,X'da6086f63c1e475088386581f9ccd53f','test-2','1.0.0',NULL,1,'function main(i){console.warn(''about to fail''); throw new Error(''no such order'')}',NULL,NULL,NULL,1795484411303,1795484411303);
INSERT INTO tasks VALUES(8,X'fd41f33199d744b7a693b27811d2a03a','test-3','2.1.0',NULL,1,'function main(){return 1}','{"type":"object"}',NULL,NULL,1795484411341,1795484411341);
CREATE TABLE executions (
	id INTEGER NOT NULL, 
	uuid BLOB NOT NULL, 
	task_id INTEGER NOT NULL, 
	task_version TEXT NOT NULL, 
	job_id INTEGER, 
	schedule_id INTEGER, 
	retry_of INTEGER, 
	attempt INTEGER NOT NULL, 
	status SMALLINT NOT NULL, 
	error_message TEXT, 
	queued_at BIGINT NOT NULL, 
	started_at BIGINT, 
	completed_at BIGINT, 
	duration_ms INTEGER, 
	progress FLOAT, 
	progress_note TEXT, 
	worker TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO executions VALUES(1,X'd4d28fa6ee8a457e9826205f72469457',6,'1.0.0',NULL,NULL,NULL,1,2,NULL,1795484411264,1795484411268,1795484411289,12,1.0,NULL,'worker-1');
INSERT INTO executions VALUES(2,X'14eb68910df4496f8abdc9cbc27c655d',7,'1.0.0',NULL,NULL,NULL,1,3,'Error: no such order',1795484411306,1795484411308,1795484411321,8,NULL,NULL,'worker-2');
INSERT INTO executions VALUES(3,X'0abfcca902134008934adfc7a47aebaa',8,'2.1.0',1,NULL,NULL,1,2,NULL,1795484411348,1795484411348,1795484411365,9,1.0,NULL,'worker-1');
CREATE TABLE execution_payloads (
	execution_id INTEGER NOT NULL, 
	input TEXT NOT NULL, 
	output TEXT, 
	error_details TEXT, 
	http_requests TEXT, 
	PRIMARY KEY (execution_id)
);
INSERT INTO execution_payloads VALUES(1,'21','{"twice":42}',NULL,NULL);
INSERT INTO execution_payloads VALUES(2,'{"order":7}',NULL,'{"name":"Error","message":"no such order","stack":"Error: no such order\n    at main (task.js:1:55)","line":1,"column":55}',NULL);
INSERT INTO execution_payloads VALUES(3,'{}','1',NULL,NULL);
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	schedule_id INTEGER, 
	execution_id INTEGER, 
	status SMALLINT NOT NULL, 
	priority SMALLINT NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	retry_count INTEGER DEFAULT '0' NOT NULL, 
	max_retries INTEGER NOT NULL, 
	error_message TEXT, 
	queued_at BIGINT NOT NULL, 
	scheduled_for BIGINT, 
	started_at BIGINT, 
	completed_at BIGINT, 
	due_at BIGINT, 
	ready SMALLINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO jobs VALUES(1,8,NULL,3,2,2,1,0,3,NULL,1795484411346,NULL,1795484411348,1795484411365,NULL,0);
INSERT INTO jobs VALUES(2,8,NULL,NULL,0,1,0,0,3,NULL,1795484411382,4070908800000,NULL,NULL,4070908800000,0);
CREATE TABLE job_payloads (
	job_id INTEGER NOT NULL, 
	input TEXT NOT NULL, 
	PRIMARY KEY (job_id)
);
INSERT INTO job_payloads VALUES(1,'{}');
INSERT INTO job_payloads VALUES(2,'{"later":true}');
CREATE TABLE schedules (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	task_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	description TEXT, 
	cron_expression TEXT NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	input TEXT, 
	next_run BIGINT, 
	last_run BIGINT, 
	last_job_id INTEGER, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL
);
INSERT INTO schedules VALUES(1,2,'Statistics every five minutes','The one example schedule that is switched on.','0 */5 * * * *',1,'{"text":"A schedule queues a job.\nA job runs as an execution.\nAn execution writes a log.","topWords":3}',1795484700000,NULL,NULL,1795484410733,1795484410733);
INSERT INTO schedules VALUES(2,5,'Health check every minute','Asks this server for its own health.','0 * * * * *',0,'{"url":"http://127.0.0.1:39157/api/v1/health","expectedStatus":200}',NULL,NULL,NULL,1795484410733,1795484410733);
INSERT INTO schedules VALUES(3,4,'Customer synchronisation every quarter of an hour','Fails now and then, and is retried.','0 */15 * * * *',0,'{"failureRate":0.5,"pages":5}',NULL,NULL,NULL,1795484410733,1795484410733);
INSERT INTO schedules VALUES(4,3,'Morning report on working days','At six o''clock UTC from Monday to Friday.','0 0 6 * * MON-FRI',0,'{"seconds":30,"title":"Morning report"}',NULL,NULL,NULL,1795484410733,1795484410733);
INSERT INTO schedules VALUES(5,1,'Sum on Monday mornings','At half past nine UTC every Monday.','0 30 9 * * MON',0,'{"operation":"add","a":19.99,"b":5.01,"precision":2}',NULL,NULL,NULL,1795484410733,1795484410733);
INSERT INTO schedules VALUES(6,8,'nightly',NULL,'0 30 2 * * *',1,'{"n":1}',1795487400000,NULL,NULL,1795484411388,1795484411388);
CREATE TABLE execution_logs (
	execution_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	time BIGINT NOT NULL, 
	level SMALLINT NOT NULL, 
	source TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (execution_id, seq)
)
 WITHOUT ROWID

;
INSERT INTO execution_logs VALUES(1,1,1795484411283,1,'task','hello 21');
INSERT INTO execution_logs VALUES(2,1,1795484411318,2,'task','about to fail');
CREATE TABLE execution_counts (
	task_id INTEGER NOT NULL, 
	status SMALLINT NOT NULL, 
	n INTEGER NOT NULL, 
	duration_sum BIGINT NOT NULL, 
	PRIMARY KEY (task_id, status)
)
 WITHOUT ROWID

;
INSERT INTO execution_counts VALUES(6,0,0,0);
INSERT INTO execution_counts VALUES(6,1,0,0);
INSERT INTO execution_counts VALUES(6,2,1,12);
INSERT INTO execution_counts VALUES(7,0,0,0);
INSERT INTO execution_counts VALUES(7,1,0,0);
INSERT INTO execution_counts VALUES(7,3,1,8);
INSERT INTO execution_counts VALUES(8,1,0,0);
INSERT INTO execution_counts VALUES(8,2,1,9);
CREATE TABLE job_counts (
	task_id INTEGER NOT NULL, 
	status SMALLINT NOT NULL, 
	n INTEGER NOT NULL, 
	PRIMARY KEY (task_id, status)
)
 WITHOUT ROWID

;
INSERT INTO job_counts VALUES(8,0,1);
INSERT INTO job_counts VALUES(8,1,0);
INSERT INTO job_counts VALUES(8,2,1);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('tasks',8);
INSERT INTO sqlite_sequence VALUES('schedules',6);
CREATE INDEX ex_task ON executions (task_id, status, queued_at);
CREATE INDEX ex_completed ON executions (completed_at);
CREATE INDEX ex_error ON executions (queued_at, id, error_message, status, task_id) WHERE error_message IS NOT NULL;
CREATE INDEX ex_status ON executions (status, queued_at);
CREATE INDEX ex_started ON executions (started_at);
CREATE INDEX ex_task_queued ON executions (task_id, queued_at);
CREATE INDEX ex_duration ON executions (duration_ms);
CREATE INDEX ex_job ON executions (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX ex_cover ON executions (queued_at, id, status, task_id, duration_ms, started_at, completed_at);
CREATE INDEX jb_ready ON jobs (ready, priority DESC, queued_at) WHERE ready = 1;
CREATE INDEX jb_status ON jobs (status, queued_at);
CREATE INDEX jb_queued ON jobs (queued_at);
CREATE INDEX jb_schedule ON jobs (schedule_id, queued_at) WHERE schedule_id IS NOT NULL;
CREATE INDEX jb_due ON jobs (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX jb_task ON jobs (task_id, queued_at);
CREATE INDEX sc_next ON schedules (next_run) WHERE enabled = 1;
CREATE TRIGGER executions_insert AFTER INSERT ON executions  BEGIN INSERT INTO execution_counts VALUES(new.task_id, new.status, 1, coalesce(new.duration_ms, 0))
  ON CONFLICT DO UPDATE SET n = n + 1, duration_sum = duration_sum + excluded.duration_sum; END;
CREATE TRIGGER executions_delete AFTER DELETE ON executions  BEGIN UPDATE execution_counts SET n = n - 1, duration_sum = duration_sum - coalesce(old.duration_ms, 0) WHERE task_id = old.task_id AND status = old.status; END;
CREATE TRIGGER executions_update AFTER UPDATE OF status, task_id, duration_ms ON executions WHEN old.status IS NOT new.status OR old.task_id IS NOT new.task_id OR old.duration_ms IS NOT new.duration_ms BEGIN UPDATE execution_counts SET n = n - 1, duration_sum = duration_sum - coalesce(old.duration_ms, 0) WHERE task_id = old.task_id AND status = old.status;INSERT INTO execution_counts VALUES(new.task_id, new.status, 1, coalesce(new.duration_ms, 0))
  ON CONFLICT DO UPDATE SET n = n + 1, duration_sum = duration_sum + excluded.duration_sum; END;
CREATE TRIGGER jobs_insert AFTER INSERT ON jobs  BEGIN INSERT INTO job_counts VALUES(new.task_id, new.status, 1)
  ON CONFLICT DO UPDATE SET n = n + 1; END;
CREATE TRIGGER jobs_delete AFTER DELETE ON jobs  BEGIN UPDATE job_counts SET n = n - 1 WHERE task_id = old.task_id AND status = old.status; END;
CREATE TRIGGER jobs_update AFTER UPDATE OF status, task_id ON jobs WHEN old.status IS NOT new.status OR old.task_id IS NOT new.task_id BEGIN UPDATE job_counts SET n = n - 1 WHERE task_id = old.task_id AND status = old.status;INSERT INTO job_counts VALUES(new.task_id, new.status, 1)
  ON CONFLICT DO UPDATE SET n = n + 1; END;
COMMIT;
PRAGMA user_version=1;
