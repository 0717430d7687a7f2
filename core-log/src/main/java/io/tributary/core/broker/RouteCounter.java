package io.tributary.core.broker;

import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;

/** Counts the queue subscriptions that take a record. Answers from memory, at once, on any thread. */
@FunctionalInterface
interface RouteCounter {
    int count(TopicName topic, Record record);
}
