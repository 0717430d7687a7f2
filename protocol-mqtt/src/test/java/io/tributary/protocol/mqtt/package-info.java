/**
 * Tests of the whole protocol, over sockets where they end in IT.
 */
@NullMarked
package io.tributary.protocol.mqtt;

import org.jspecify.annotations.NullMarked;
