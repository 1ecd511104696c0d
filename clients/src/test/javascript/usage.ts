// What the README shows, for the check of the types; it is not run.
import axios from 'axios';
import { createClient, type Client, type LoginData, type RefusedError } from 'portcullis-client';

const client: Client = createClient({
  baseUrl: 'https://api.example.com',
  storage: localStorage,
  onEnd: (code: number) => location.assign(`/login?reason=${code}`),
});

export async function use(): Promise<void> {
  const data: LoginData = await client.login({ username: 'alice', password: 'alice-demo-pass' });
  const response: Response = await client.fetch('/api/orders', { method: 'POST', body: JSON.stringify(data.userId) });
  const api = client.axios(axios.create({ baseURL: 'https://api.example.com' }));
  await api.get<string>('/api/orders', { params: { status: response.status } });

  const socket = client.socket('/api/ws', ['chat']);
  socket.addEventListener('open', () => socket.send('hello'));
  const events = client.events((lastEventId: string) => `/api/ticks?after=${lastEventId}`, ['message', 'tick']);
  events.close();
  await client.logout().catch((e: RefusedError) => console.log(e.status, e.code));

  // @ts-expect-error a socket takes no objects
  socket.send({ text: 'hello' });
  // @ts-expect-error there is no such mode
  createClient({ mode: 'token' });
}
