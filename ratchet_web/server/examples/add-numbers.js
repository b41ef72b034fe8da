// Arithmetic with two numbers: the smallest useful task.
//
// A task is a function `main(input)`. What it returns is the output. The two schemas beside this
// source say what input is allowed and what output is promised; the form of "Run…" is made from them.

const OPERATIONS = {
  add: { sign: "+", apply: (a, b) => a + b },
  subtract: { sign: "-", apply: (a, b) => a - b },
  multiply: { sign: "×", apply: (a, b) => a * b },
  divide: { sign: "÷", apply: (a, b) => a / b },
};

function main({ operation = "add", a, b, precision = 2 }) {
  if (operation === "divide" && b === 0) {
    throw new ValidationError("Cannot divide by zero: b must be another number");
  }
  const { sign, apply } = OPERATIONS[operation];
  const exact = apply(a, b);
  if (!Number.isFinite(exact)) throw new DataError("The result is too large for a number");
  const result = Number(exact.toFixed(precision));
  console.log(`${a} ${sign} ${b} = ${result}`);
  return { result, exact, expression: `${a} ${sign} ${b}` };
}
