const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

/** Of epoch ms, in the time zone of the person's computer. */
export const dateAndTime = (at: number): string => moment.format(at);
export const date = (at: number): string => day.format(at);
export const timeOfDay = (at: number): string => clock.format(at);

/** Whole days from `now` to `at`; negative when it has passed. */
export function daysUntil(at: number, now: number): number {
  return Math.floor((at - now) / 86_400_000);
}
