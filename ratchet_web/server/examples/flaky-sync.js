// Synchronises customers from a source that is often in trouble, as real ones are.
//
// Run it as a job with retries: each attempt throws the dice again, so that sooner or later one gets
// through. `context.attempt` tells which attempt this is.

const PAGE_SIZE = 10;
const TROUBLES = ["unavailable", "slow", "invalid", "incomplete"];

function customer(number) {
  return { id: number, email: `Customer${number}@Example.com`, balance: number * 12.5 };
}

async function readPage(page, trouble) {
  await sleep(50);
  if (trouble === "unavailable") throw new HttpError(503, `The source is unavailable (page ${page})`);
  if (trouble === "slow") {
    console.warn("The source is slow, waiting…");
    await sleep(500);
    throw new TimeoutError(`The source did not send page ${page} in time`);
  }
  const customers = Array.from({ length: PAGE_SIZE }, (_, i) => customer(page * PAGE_SIZE + i + 1));
  if (trouble === "invalid") customers[3].balance = "12,50";
  if (trouble === "incomplete") customers[6].email = null;
  return customers;
}

function save(customer) {
  if (typeof customer.balance !== "number") {
    throw new ValidationError(`Customer ${customer.id}: balance ${JSON.stringify(customer.balance)} is not a number`);
  }
  // Fails with a TypeError when the source sent no address: the bug that this task has.
  return { ...customer, email: customer.email.toLowerCase() };
}

async function main({ failureRate = 0.6, pages = 5 }, context) {
  console.log(`Attempt ${context?.attempt ?? 1}: ${pages} pages to read`);
  const fails = Math.random() < failureRate;
  const troubledPage = fails ? Math.floor(Math.random() * pages) : -1;
  const trouble = TROUBLES[Math.floor(Math.random() * TROUBLES.length)];

  let saved = 0;
  for (let page = 0; page < pages; page++) {
    const customers = await readPage(page, page === troubledPage ? trouble : null);
    saved += customers.map(save).length;
    progress((page + 1) / pages, `${saved} customers saved`);
    console.log(`Page ${page + 1} of ${pages}: ${customers.length} customers saved`);
  }
  return { saved, pages };
}
