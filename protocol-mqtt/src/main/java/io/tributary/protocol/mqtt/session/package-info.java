/**
 * One client's connection and session: order, credit, packet identifiers, and what of a session outlives its connection. What belongs to a
 * connection is touched on its event loop only; callbacks of the core hop there first. {@link SessionRegistry} orders what happens to
 * one client identifier, on any thread.
 */
@NullMarked
package io.tributary.protocol.mqtt.session;

import org.jspecify.annotations.NullMarked;
