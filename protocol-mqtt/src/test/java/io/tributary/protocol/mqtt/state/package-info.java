/**
 * Tests of the package of the same name; no sockets.
 */
@NullMarked
package io.tributary.protocol.mqtt.state;

import org.jspecify.annotations.NullMarked;
