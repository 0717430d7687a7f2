/**
 * What MQTT keeps in the broker's state tables: sessions, packet identifiers that are under way, retained messages. Safe on any thread.
 */
@NullMarked
package io.tributary.protocol.mqtt.state;

import org.jspecify.annotations.NullMarked;
