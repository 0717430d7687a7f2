/**
 * Tests of the package of the same name; no sockets.
 */
@NullMarked
package io.tributary.protocol.mqtt.codec;

import org.jspecify.annotations.NullMarked;
