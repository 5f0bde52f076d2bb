// A small catalogue: one product of each sort that behaves differently.
import type { Api } from './api.ts';

export interface Product {
  id: string;
  slug: string;
  name: string;
  price: { amount: number; currency: string };
}

export interface Catalog {
  /** A download with one file, $19. */
  download: Product;
  /** Something shown inside the shop, $29. */
  embed: Product;
  /** A service by appointment, $120. */
  service: Product;
  /** A download that costs nothing. */
  free: Product;
}

/** The content of the files that come with downloads. */
export const FILE = Array.from({ length: 2000 }, (_, line) => `line ${line} of the field guide\n`).join('');

/** Makes the catalogue. `owner` is signed in as the owner. */
export async function fill(owner: Api): Promise<Catalog> {
  const download = await make(owner, { name: 'Field Guide', kind: 'download', price: 1900 });
  await owner.upload(download.id, 'field-guide.txt', FILE);
  const embed = await make(owner, {
    name: 'Glaze Lab',
    kind: 'embed',
    price: 2900,
    embed: { html: '<h1>Glaze Lab</h1><script>document.body.dataset.ran = "yes"</script>', height: 400 },
  });
  const service = await make(owner, {
    name: 'Studio Hour',
    kind: 'service',
    price: 12000,
    service: { duration_minutes: 60, location: 'Video call' },
  });
  const free = await make(owner, { name: 'Sampler', kind: 'download', price: 0 });
  await owner.upload(free.id, 'sampler.txt', FILE);
  return { download, embed, service, free };
}

/** Makes one product, for sale at once; `more` overrides and adds. */
export function make(owner: Api, product: { name: string; kind: string; price: number } & Record<string, unknown>): Promise<Product> {
  const { price, ...rest } = product;
  return owner.post('/admin/products', {
    summary: `${product.name}, made for the tests.`,
    description: `What there is to say about **${product.name}**.`,
    published: true,
    price: { amount: price, currency: 'usd' },
    ...rest,
  });
}
