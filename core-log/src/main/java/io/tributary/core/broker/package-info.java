/**
 * The broker of one process: the core API on top of log, metadata and subscriptions. Safe on any thread; changes of the topics run one
 * after the other on a thread of their own.
 */
@NullMarked
package io.tributary.core.broker;

import org.jspecify.annotations.NullMarked;
