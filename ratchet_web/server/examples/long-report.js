// Builds a sales report over half a minute, with progress and some hundred log lines.
//
// `progress(value, note)` moves the bar of the execution, `console.debug`, `log`, `warn` and `error`
// write to its log, and `await sleep(ms)` waits without using the processor.

const REGIONS = ["North", "East", "South", "West"];
const PHASES = [
  { name: "Collecting orders", share: 0.5 },
  { name: "Converting currencies", share: 0.2 },
  { name: "Adding up", share: 0.2 },
  { name: "Writing the report", share: 0.1 },
];
const STEPS = 300;

function orderOf(number) {
  const region = REGIONS[number % REGIONS.length];
  return { number, region, amount: ((number * 7919) % 50000) / 100, late: number % 37 === 0 };
}

function logStep(order, totals) {
  totals[order.region] += order.amount;
  const text = `Order ${order.number} from ${order.region}: ${order.amount.toFixed(2)}`;
  if (order.number % 97 === 0) console.error(`${text} has no invoice, left out of the tax summary`);
  else if (order.late) console.warn(`${text} was delivered late`);
  else if (order.number % 5 === 0) console.debug(`${text}, totals so far`, totals);
  else console.log(text);
}

async function main({ seconds = 30, title = "Sales report" }) {
  const begin = Date.now();
  const totals = Object.fromEntries(REGIONS.map((region) => [region, 0]));
  let step = 0;

  for (const { name, share } of PHASES) {
    console.info(`${name}…`);
    for (const last = step + share * STEPS; step < last; ) {
      step += 1;
      logStep(orderOf(step), totals);
      progress(step / STEPS, `${name} (${step} of ${STEPS})`);
      // Wait for the moment at which this step is due, so that the whole takes the time asked for.
      await sleep(begin + (step / STEPS) * seconds * 1000 - Date.now());
    }
  }

  const total = Object.values(totals).reduce((sum, amount) => sum + amount, 0);
  console.info(`${title} is done: ${total.toFixed(2)} in ${STEPS} orders`);
  return {
    title,
    orders: STEPS,
    total: Number(total.toFixed(2)),
    regions: REGIONS.map((region) => ({ region, total: Number(totals[region].toFixed(2)) })),
  };
}
