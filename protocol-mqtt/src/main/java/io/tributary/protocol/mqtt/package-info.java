/**
 * MQTT 3.1, 3.1.1 and 5.0: what plugs into the gateway, and its configuration. Called on the gateway's threads.
 */
@NullMarked
package io.tributary.protocol.mqtt;

import org.jspecify.annotations.NullMarked;
