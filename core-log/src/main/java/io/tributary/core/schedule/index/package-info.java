/**
 * What the schedule asks of its index: the waiting records by due time, a view of the schedule's log. Values and one interface; an index
 * belongs to one thread.
 */
@NullMarked
package io.tributary.core.schedule.index;

import org.jspecify.annotations.NullMarked;
