#!/usr/bin/env node
// MQTT.js: both versions, every QoS, shared subscription, will, properties.
'use strict';
const assert = require('node:assert');
const { once } = require('node:events');
const mqtt = require('mqtt');

const url = `mqtt://${process.env.TRIBUTARY_HOST}:${process.env.MQTT_PORT}`;
const topic = `mqttjs-${process.pid}`;

async function connect(options) {
  return mqtt.connectAsync(url, { reconnectPeriod: 0, ...options });
}

async function roundTrip(protocolVersion, qos) {
  const client = await connect({ protocolVersion });
  const read = [];
  const done = new Promise((resolve) => client.on('message', (path, payload, packet) => {
    read.push([path, payload.toString(), packet.qos]);
    if (read.length === 50) resolve();
  }));
  const [granted] = await client.subscribeAsync(`${topic}/+/${qos}`, { qos });
  assert.strictEqual(granted.qos, qos);
  for (let i = 0; i < 50; i++) await client.publishAsync(`${topic}/v${protocolVersion}/${qos}`, `m${i}`, { qos });
  await done;
  assert.deepStrictEqual(read, Array.from({ length: 50 }, (_, i) => [`${topic}/v${protocolVersion}/${qos}`, `m${i}`, qos]));
  await client.endAsync();
}

async function will() {
  const witness = await connect({ protocolVersion: 5 });
  await witness.subscribeAsync(`${topic}/will`, { qos: 1 });
  const heard = once(witness, 'message');
  const dying = await connect({ protocolVersion: 5, will: { topic: `${topic}/will`, payload: 'gone', qos: 1 } });
  dying.on('error', () => {});
  dying.stream.destroy();
  const [, payload] = await heard;
  assert.strictEqual(payload.toString(), 'gone');
  await witness.endAsync();
}

async function shared() {
  const workers = await Promise.all([connect({ protocolVersion: 5 }), connect({ protocolVersion: 5 })]);
  const read = [];
  const done = new Promise((resolve) => workers.forEach((worker) => worker.on('message', (path, payload) => {
    read.push(payload.toString());
    if (read.length === 100) resolve();
  })));
  for (const worker of workers) await worker.subscribeAsync(`$share/workers/${topic}/jobs`, { qos: 1 });
  const writer = await connect({ protocolVersion: 5 });
  for (let i = 0; i < 100; i++) await writer.publishAsync(`${topic}/jobs`, `j${i}`, { qos: 1 });
  await done;
  assert.strictEqual(new Set(read).size, 100);
  await Promise.all([...workers, writer].map((client) => client.endAsync()));
}

async function properties() {
  const client = await connect({ protocolVersion: 5 });
  await client.subscribeAsync(`${topic}/properties`, { qos: 1 });
  const heard = once(client, 'message');
  await client.publishAsync(`${topic}/properties`, 'x', { qos: 1, properties: {
    contentType: 'text/plain', correlationData: Buffer.from([0, 255]), responseTopic: 'answers', userProperties: { site: ['a', 'b'] },
  } });
  const [, , packet] = await heard;
  assert.strictEqual(packet.properties.contentType, 'text/plain');
  assert.deepStrictEqual([...packet.properties.correlationData], [0, 255]);
  assert.deepStrictEqual([...packet.properties.userProperties.site], ['a', 'b']);
  await client.endAsync();
}

async function main() {
  for (const version of [4, 5]) {
    for (const qos of [0, 1, 2]) await roundTrip(version, qos);
  }
  await will();
  await shared();
  await properties();
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
