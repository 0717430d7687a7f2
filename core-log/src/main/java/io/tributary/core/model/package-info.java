/**
 * The words of the unified model: topics, records, filters, errors. Immutable values, JDK only; safe on any thread.
 */
@NullMarked
package io.tributary.core.model;

import org.jspecify.annotations.NullMarked;
