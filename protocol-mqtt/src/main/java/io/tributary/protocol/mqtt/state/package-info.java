/**
 * What MQTT keeps in the broker's state tables: sessions, and packet identifiers that are under way. Safe on any thread.
 */
@NullMarked
package io.tributary.protocol.mqtt.state;

import org.jspecify.annotations.NullMarked;
