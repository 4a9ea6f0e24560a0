import { afterAll, expect, it } from "vitest";
import { startRuntime } from "../runtime.js";
import { tensorData } from "../tensor.js";
import { queue } from "./queue.js";

const runtime = startRuntime();
afterAll(() => runtime.close());

it("gives back what a work left in the worker, also one that failed halfway", async () => {
  const inTurn = queue(() => runtime.drop());
  const leave = () => runtime.set({ left: tensorData("float32", [1], [1]) });
  const left = () => inTurn(() => runtime.get());
  await inTurn(leave);
  expect(await left()).toEqual({});
  const failing = inTurn(async () => {
    await leave();
    throw new Error("halfway");
  });
  await expect(failing).rejects.toThrow("halfway");
  expect(await left()).toEqual({});
});

it("goes on where nothing can be cleared", async () => {
  const inTurn = queue(() => Promise.reject(new Error("closed")));
  expect(await Promise.all([inTurn(async () => 1), inTurn(async () => 2)])).toEqual([1, 2]);
});
