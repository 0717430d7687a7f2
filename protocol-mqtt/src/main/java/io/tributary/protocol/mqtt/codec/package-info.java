/**
 * What Netty's MQTT codec leaves out: bounds before bytes are gathered, and the rules of form that a packet must keep. Pure; a
 * connection's instance belongs to its event loop.
 */
@NullMarked
package io.tributary.protocol.mqtt.codec;

import org.jspecify.annotations.NullMarked;
