package io.tributary.protocol.mqtt.session;

/**
 * How a connection let go of its session.
 *
 * @param willDue whether the client's will is to be sent: there was no DISCONNECT that says otherwise
 */
record Departure(boolean willDue) {
}
