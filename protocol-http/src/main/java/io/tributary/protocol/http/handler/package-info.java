/**
 * One class for each family of calls: validate, authorize, call the core, map the result. Stateless, on the connection's event loop.
 */
@NullMarked
package io.tributary.protocol.http.handler;

import org.jspecify.annotations.NullMarked;
