// The shop's API, for what a test needs before its first click.

export interface Session {
  access_token: string;
  customer: { id: string; email: string; name: string };
}

/** One caller: a visitor, or whoever signed in. */
export class Api {
  private token: string | undefined;

  constructor(
    private readonly base: string,
    /** The address this caller seems to come from. */
    private readonly address: string,
  ) {}

  /** Signs in, and stays signed in. */
  async signIn(email: string, password: string): Promise<Session> {
    const session = await this.post<Session>('/auth/login', { email, password });
    this.token = session.access_token;
    return session;
  }

  get<T>(path: string): Promise<T> {
    return this.send('GET', path);
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.send('POST', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.send('PATCH', path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.send('PUT', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.send('DELETE', path);
  }

  /** Adds a file to a product. */
  upload(product: string, name: string, content: string | Uint8Array<ArrayBuffer>): Promise<{ id: string }> {
    const form = new FormData();
    form.append('file', new Blob([content]), name);
    return this.send('POST', `/admin/products/${product}/files`, form);
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { 'X-Forwarded-For': this.address };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const raw = body instanceof FormData || body instanceof Uint8Array;
    if (body !== undefined && !raw) headers['Content-Type'] = 'application/json';
    const answer = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined || raw ? (body as BodyInit | undefined) : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
