/**
 * What lives longer than a call: polls, event streams, and the consumers of subscriptions that clients pull from. Core callbacks hop to
 * the connection's event loop at once; nothing blocks.
 */
@NullMarked
package io.tributary.protocol.http.session;

import org.jspecify.annotations.NullMarked;
