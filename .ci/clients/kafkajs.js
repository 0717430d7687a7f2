#!/usr/bin/env node
// kafkajs: admin, producer with headers and compression, consumer group, offsets, transactions.
'use strict';
const assert = require('node:assert');
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const topic = `kafkajs-${process.pid}`;
const kafka = new Kafka({
  brokers: [`${process.env.TRIBUTARY_HOST}:${process.env.KAFKA_PORT}`], logLevel: logLevel.ERROR,
});

async function consume(groupId, count) {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const read = [];
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.run({
      autoCommitThreshold: 1,
      eachMessage: async ({ message }) => {
        read.push(message);
        if (read.length === count) resolve();
      },
    }).catch(reject);
  });
  await consumer.disconnect();
  return read;
}

// Transactions of which one is aborted, and one that commits a group's offsets; kafkajs reads what is committed unless told otherwise.
async function transactions(admin) {
  const groupId = `${topic}-transactions`;
  const producer = kafka.producer({ transactionalId: `${topic}-writer`, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (const kind of ['first', 'aborted', 'second']) {
    const transaction = await producer.transaction();
    assert.ok(transaction.isActive());
    await transaction.send({ topic, messages: [0, 1, 2].map((i) => ({ value: `${kind} ${i}` })) });
    if (kind === 'aborted') {
      await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] });
      await transaction.abort();
      const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] });
      assert.strictEqual(partitions[0].offset, '-1');
      continue;
    }
    if (kind === 'second') {
      await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset: '100' }] }] });
    }
    await transaction.commit();
  }
  await producer.disconnect();
  // A commit is answered when it is decided; the group hears of it a moment later.
  const giveUp = Date.now() + 30000;
  for (let offset = '-1'; offset !== '100';) {
    assert.ok(Date.now() < giveUp, `the transaction's offset is ${offset}`);
    [{ partitions: [{ offset }] }] = await admin.fetchOffsets({ groupId, topics: [topic] });
  }
  const values = (await consume(groupId, 6)).map((message) => message.value.toString());
  assert.deepStrictEqual(values, ['first 0', 'first 1', 'first 2', 'second 0', 'second 1', 'second 2']);
}

async function main() {
  const admin = kafka.admin();
  await admin.connect();
  assert.strictEqual(await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true }), true);
  assert.ok((await admin.listTopics()).includes(topic));
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let i = 0; i < 100; i++) {
    await producer.send({
      topic, acks: -1, compression: i % 2 ? CompressionTypes.GZIP : CompressionTypes.None,
      messages: [{ key: `k${i}`, value: `v${i}`, headers: { site: 'north', number: String(i) } }],
    });
  }
  await producer.disconnect();
  const read = await consume(`${topic}-group`, 100);
  read.forEach((message, i) => {
    assert.strictEqual(message.key.toString(), `k${i}`);
    assert.strictEqual(message.value.toString(), `v${i}`);
    assert.strictEqual(message.headers.number.toString(), String(i));
  });
  const [{ partitions }] = await admin.fetchOffsets({ groupId: `${topic}-group`, topics: [topic] });
  assert.strictEqual(partitions[0].offset, '100');
  assert.strictEqual((await admin.fetchTopicOffsets(topic))[0].high, '100');
  const { groups } = await admin.describeGroups([`${topic}-group`]);
  assert.strictEqual(groups[0].state, 'Empty');
  await admin.deleteGroups([`${topic}-group`]);
  await transactions(admin);
  await admin.deleteTopics({ topics: [topic] });
  assert.ok(!(await admin.listTopics()).includes(topic));
  await admin.disconnect();
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
