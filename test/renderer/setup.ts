/**
 * What jsdom lacks of a browser: the modal dialog, sizes for the virtual lists, and the clipboard. Only as much as the
 * pages use.
 */
import { configure } from '@testing-library/svelte';
import { afterEach, beforeEach } from 'vitest';

// A page is a file of its own that is fetched when it is opened, and a busy box takes its time to compile it.
configure({ asyncUtilTimeout: 40_000 });

beforeEach(() => {
  if (typeof window === 'undefined') return; // a test of the built files, in Node
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
  Element.prototype.scrollTo = () => {};
  window.ResizeObserver = FixedSizes;
  window.IntersectionObserver = AllShown;
  window.location.hash = '';
});

afterEach(() => {
  if (typeof window !== 'undefined') sessionStorage.clear();
});

/** Every element is as large as a window, and every row of a list 20 pixels high. */
class FixedSizes implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;

  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }

  observe(target: Element): void {
    Object.defineProperty(target, 'offsetParent', { value: document.body, configurable: true });
    const contentRect = new DOMRect(0, 0, 800, target.getAttribute('role') === null ? 20 : 600);
    queueMicrotask(() => {
      this.#callback(
        [{ target, contentRect, borderBoxSize: [], contentBoxSize: [], devicePixelContentBoxSize: [] }],
        this,
      );
    });
  }

  unobserve(): void {}
  disconnect(): void {}
}

/** Whatever is in the page is on the screen. */
class AllShown implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];
  readonly #callback: IntersectionObserverCallback;

  constructor(callback: IntersectionObserverCallback) {
    this.#callback = callback;
  }

  observe(target: Element): void {
    const { top, left } = target.getBoundingClientRect();
    const rect = new DOMRect(left, top, 1, 1);
    const entry = { target, isIntersecting: true, intersectionRatio: 1, time: 0, rootBounds: null };
    queueMicrotask(() => this.#callback([{ ...entry, boundingClientRect: rect, intersectionRect: rect }], this));
  }

  unobserve(): void {}
  disconnect(): void {}
  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }
}
