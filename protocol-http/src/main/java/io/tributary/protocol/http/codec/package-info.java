/**
 * The JSON bodies and the text of server-sent events: bytes to messages and back, pure, safe on any thread. Sees neither the core nor a
 * session.
 */
@NullMarked
package io.tributary.protocol.http.codec;

import org.jspecify.annotations.NullMarked;
