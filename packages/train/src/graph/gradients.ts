import { CredenceError } from "credence/numeric";
import { zerosOf } from "./broadcast.js";
import { add } from "./elementwise.js";
import { operationOf } from "./operation.js";
import { constant, nameOf, type Operation, show, type Tensor } from "./tensor.js";

/**
 * The gradients of a loss with respect to some tensors, by reverse-mode differentiation.
 *
 * The loss depends on its last operation's inputs, those on theirs, and so on. Walking the operations from the loss
 * backwards, each one's `backward` turns the gradients of its outputs into those of its inputs (the chain rule); a tensor
 * that is used in several places receives one contribution from each, and they add up. The result is made of tensors, so
 * it can be differentiated again.
 * @param loss A single number.
 * @param wrt What to differentiate with respect to: parameters, inputs, anything in between.
 * @returns One gradient for each, of the same shape; zeros where the loss does not depend on it.
 * @throws CredenceError "shape-mismatch" where the loss is not a single number.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length > 0)
    throw new CredenceError(
      "shape-mismatch",
      { function: "gradients", argument: nameOf(loss) },
      `has shape ${show(loss.shape)}; a loss is a single number: take its mean or its sum.`,
    );
  const operations = operationsBehind([loss]);
  const concerned = dependents(operations, wrt);
  const received = new Map<Tensor, Tensor>([[loss, constant(1, [], loss.type)]]);

  for (const operation of operations.toReversed()) {
    if (!operation.backward || !operation.outputs.some((y) => concerned.has(y) && received.has(y))) continue;
    const contributions = operation.backward(
      operation.outputs.map((y) => received.get(y) ?? null),
      operation,
    );
    operation.gradientsTo.forEach((x, i) => {
      const contribution = contributions[i];
      if (!contribution || !concerned.has(x)) return;
      const before = received.get(x);
      received.set(x, before ? add(before, contribution) : contribution);
    });
  }
  return wrt.map((x) => received.get(x) ?? zerosOf(x, x.shape));
}

/** All operations that the tensors are made by, each after those it needs. */
export function operationsBehind(tensors: readonly Tensor[]): Operation[] {
  const order: Operation[] = [];
  const seen = new Set<Operation>();
  // Depth first, with a stack of our own: graphs are deeper than the call stack. An operation is met twice: first to put
  // its inputs above it, then, when they are done, to take its place in the order.
  const stack: { operation: Operation; ready: boolean }[] = [];
  const push = (x: Tensor) => {
    const operation = operationOf(x);
    if (operation && !seen.has(operation)) stack.push({ operation, ready: false });
  };
  for (const x of tensors.toReversed()) push(x);
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { operation, ready } = top;
    if (ready) order.push(operation);
    else if (!seen.has(operation)) {
      seen.add(operation);
      stack.push({ operation, ready: true });
      for (const x of operation.inputs.toReversed()) push(x);
    }
  }
  return order;
}

/** The tensors through which the loss depends on those asked for: no gradient needs to go anywhere else. */
function dependents(operations: readonly Operation[], wrt: readonly Tensor[]): Set<Tensor> {
  const found = new Set<Tensor>(wrt);
  for (const { gradientsTo, outputs } of operations)
    if (gradientsTo.some((x) => found.has(x))) for (const y of outputs) found.add(y);
  return found;
}
