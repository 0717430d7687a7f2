/**
 * AMQP 0-9-1 on the wire: frames, methods, field tables and content properties, to and from bytes. Pure and without state but for a
 * connection's {@link io.tributary.protocol.amqp.codec.FrameDecoder}, which lives on its event loop.
 */
@NullMarked
package io.tributary.protocol.amqp.codec;

import org.jspecify.annotations.NullMarked;
