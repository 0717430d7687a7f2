#!/usr/bin/env node
// amqplib: confirm channel, headers exchange, consume with ack and nack, get, errors.
'use strict';
const assert = require('node:assert');
const amqp = require('amqplib');

const name = `amqplib-${process.pid}`;

async function main() {
  const connection = await amqp.connect(`amqp://${process.env.TRIBUTARY_HOST}:${process.env.AMQP_PORT}`);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(name, 'headers', { durable: true });
  await channel.assertQueue(name, { durable: true });
  await channel.bindQueue(name, name, '', { 'x-match': 'all', site: 'north', floor: 2 });
  for (let i = 0; i < 50; i++) {
    channel.publish(name, 'rk', Buffer.from(`v${i}`), {
      persistent: true, contentType: 'text/plain', correlationId: `c${i}`, headers: { site: i % 2 ? 'south' : 'north', floor: 2, i },
    });
  }
  await channel.waitForConfirms();

  const first = await channel.get(name);
  assert.strictEqual(first.content.toString(), 'v0');
  channel.nack(first, false, true);
  await channel.prefetch(5);
  const read = [];
  const consumer = await new Promise((resolve, reject) => {
    const started = channel.consume(name, (message) => {
      read.push(message);
      channel.ack(message);
      if (read.length === 25) resolve(started);
    });
    started.catch(reject);
  });
  await channel.cancel(consumer.consumerTag);
  assert.deepStrictEqual(read.map((m) => m.content.toString()), Array.from({ length: 25 }, (_, i) => `v${2 * i}`));
  assert.strictEqual(read[0].fields.redelivered, true);
  assert.strictEqual(read[1].properties.headers.i, 2);
  assert.strictEqual(read[1].properties.correlationId, 'c2');
  assert.strictEqual(await channel.get(name), false);
  await channel.deleteQueue(name);
  await channel.deleteExchange(name);

  const bad = await connection.createChannel();
  const closed = new Promise((resolve) => bad.on('error', resolve));
  await assert.rejects(bad.checkQueue(`no-such-${name}`));
  assert.strictEqual((await closed).code, 404);
  await connection.close();
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
