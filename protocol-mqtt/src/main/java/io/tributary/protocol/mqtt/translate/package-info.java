/**
 * The only place where MQTT's topics, properties and errors cross to the core's words and back. Pure; safe on any thread.
 */
@NullMarked
package io.tributary.protocol.mqtt.translate;

import org.jspecify.annotations.NullMarked;
