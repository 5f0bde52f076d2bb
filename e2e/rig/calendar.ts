// What tests of appointments share.
import { type Locator, type Page, expect } from '@playwright/test';
import type { Api } from './api.ts';
import { type Product, make } from './catalog.ts';

/** The owner works in `zone` every day from `start` to `end`. */
export async function open(owner: Api, zone: string, start = '09:00', end = '17:00'): Promise<void> {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  await owner.put('/admin/calendar/schedule', { time_zone: zone, rules: days.map((weekday) => ({ weekday, start, end })) });
}

/** A service of its own, so that no other test books it. */
export function service(owner: Api, settings: Record<string, unknown> = {}, price = 5000): Promise<Product> {
  const name = `Lesson ${crypto.randomUUID().slice(0, 8)}`;
  return make(owner, { name, kind: 'service', price, service: { duration_minutes: 60, ...settings } });
}

/** The starts of a service that are free in the days after tomorrow. */
export async function starts(caller: Api, product: Product, days = 10): Promise<string[]> {
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const path = `/services/${product.slug}/slots?from=${day(2)}&to=${day(2 + days)}&time_zone=UTC`;
  const found = await caller.get<{ days: { slots: { start: string }[] }[] }>(path);
  return found.days.flatMap((each) => each.slots.map((slot) => slot.start));
}

/** The buttons of the chosen day's times. */
export const times = (page: Page) => page.getByRole('button', { name: /^\d+:\d\d\s[AP]M/ });

/** Turns to the month after, by `press` or a click. Answers the buttons of its days with free times. */
export async function monthAfter(page: Page, press = () => page.getByRole('button', { name: 'Month after' }).click()): Promise<Locator> {
  const heading = page.getByRole('heading', { level: 2, name: /^\p{L}+ 20\d\d$/u });
  const before = await heading.textContent();
  await press();
  await expect(heading).not.toHaveText(before!);
  const [month, year] = (await heading.textContent())!.split(' ');
  return page.getByRole('button', { name: new RegExp(`${month} \\d+, ${year}: \\d+ times? free$`) });
}

/** Chooses a free day of the month after, and its first time. Answers the time's words. */
export async function chooseTime(page: Page, day = 3): Promise<string> {
  await (await monthAfter(page)).nth(day).click();
  const time = times(page).first();
  await time.click();
  return (await time.textContent())!;
}

/** When the clocks in `zone` show `hour` sharp on a date. */
export function atHour(zone: string, date: string, hour: number): Date {
  const shown = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hour: '2-digit', hourCycle: 'h23', day: '2-digit' });
  for (let offset = -14; offset <= 14; offset += 1) {
    const at = new Date(Date.parse(`${date}T00:00:00Z`) + (hour + offset) * 3_600_000);
    const parts = Object.fromEntries(shown.formatToParts(at).map(({ type, value }) => [type, value]));
    if (Number(parts.hour) === hour && parts.day === date.slice(8)) return at;
  }
  throw new Error(`${zone} never shows ${hour} on ${date}`);
}

/** The date on which the clocks in `zone` change next, at least a month ahead. */
export function nextChange(zone: string): string {
  const offset = (at: Date) => new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).format(at).split(' ').pop();
  // By then the clocks of that date have changed, in Europe and America.
  const evening = Date.parse(`${new Date().toISOString().slice(0, 10)}T18:00:00Z`);
  for (let ahead = 31; ahead < 400; ahead++) {
    const day = new Date(evening + ahead * 86_400_000);
    if (offset(day) !== offset(new Date(day.getTime() - 86_400_000))) {
      return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(day);
    }
  }
  throw new Error(`${zone} has no summer time`);
}

/** Goes on by Tab until `name` has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      const label = element?.labels?.[0]?.textContent;
      return element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '';
    });
    if (name.test(focused.trim())) return;
  }
  throw new Error(`Tab never reaches ${name}`);
}

/** The page is no wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, 'scrolls sideways').toBeLessThanOrEqual(0);
}
