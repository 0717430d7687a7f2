/**
 * Where the retained values of a log lie, by address, and how patterns are looked for in that. Calls may block.
 */
@NullMarked
package io.tributary.core.retained.view;

import org.jspecify.annotations.NullMarked;
