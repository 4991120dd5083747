import { describe, expect, it } from 'vitest';
import { plainInputProblem } from '#main/rpc/plain-input.ts';

describe('plainInputProblem', () => {
  it('finds nothing wrong with what the contract takes', () => {
    expect(plainInputProblem({ kinds: ['networks'], search: '', nested: { a: [1, true, null] } })).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    expect(plainInputProblem(JSON.parse(`{"a":[{"${key}":{"polluted":true}}]}`))).toBe(`has the key "${key}"`);
  });

  it.each([
    [{ a: new Map() }, 'holds something that is no plain data'],
    [[new Date(0)], 'holds something that is no plain data'],
    [{ a: 1n }, 'holds a bigint'],
    [{ a: () => 1 }, 'holds a function'],
    [Array.from({ length: 10_001 }, () => 1), 'has more than 10000 values'],
    [Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => 1)), 'has more than 10000 values'],
  ])('refuses %o', (value, problem) => {
    expect(plainInputProblem(value)).toBe(problem);
  });

  it('comes to an end in a circle', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(plainInputProblem(circle)).toBe('is nested deeper than 16');
  });
});
