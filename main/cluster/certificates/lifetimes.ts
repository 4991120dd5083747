const dayMs = 24 * 60 * 60 * 1000;

/**
 * RKE gave everything ten years and never looked at the end; one year, as kubeadm gives, is what stops clusters that
 * nobody touched for a year. Three years with renewal by any `up` in the last half year is in between: whoever runs
 * `up` at all never meets an expired certificate, and a stolen key does not work for a decade.
 */
export const lifetimes = {
  caMs: 10 * 365 * dayMs,
  leafMs: 3 * 365 * dayMs,
  /** A leaf with less than this left is issued anew. The CA is not: its end is shown, and rotating it is a run of its own. */
  renewalWindowMs: 180 * dayMs,
};

/** A machine whose clock is a little behind must not find the certificate "not yet valid". */
export const startsBeforeMs = 60 * 60 * 1000;
