package io.tributary.protocol.amqp.session;

import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ContentProperties;

/** A publication that has arrived whole. */
record Content(BasicMethod.Publish method, ContentProperties properties, byte[] body) {
}
