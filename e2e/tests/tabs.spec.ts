// Several tabs share one session.
import { expect, signUp, test } from '../rig/index.ts';

test('tabs that open at the same moment all stay signed in', async ({ page, context }) => {
  const person = await signUp(page);
  // Each start renews the session; the same renewal used twice would end it for all.
  for (let round = 0; round < 3; round++) {
    const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage()));
    await Promise.all(tabs.map((tab) => tab.goto('/')));
    for (const tab of tabs) await expect(tab.getByRole('button', { name: person.name })).toBeVisible();
    await Promise.all(tabs.map((tab) => tab.close()));
  }
  await page.goto('/');
  await expect(page.getByRole('button', { name: person.name })).toBeVisible();
});
