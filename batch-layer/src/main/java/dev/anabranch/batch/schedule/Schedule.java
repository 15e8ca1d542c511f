package dev.anabranch.batch.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** When the runs of a use case are due. */
interface Schedule {
    /** The first time after {@code moment}. */
    Instant next(Instant moment);

    /**
     * By a cron expression, as crontab takes it: minute, hour, day of month, month, day of week.
     *
     * @param setting where it was read, for the message
     * @throws IllegalArgumentException when it is none, or one that never comes
     */
    static Schedule cron(String setting, String expression, ZoneId zone, Instant now) {
        Cron cron;
        try {
            cron = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(expression)
                    .validate();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    setting + " must be off or a cron expression of five fields, got '" + expression + "' ("
                            + e.getMessage() + "); try '*/15 * * * *'",
                    e);
        }
        ExecutionTime times = ExecutionTime.forCron(cron);
        Schedule schedule = moment -> times.nextExecution(moment.atZone(zone))
                .map(ZonedDateTime::toInstant)
                .orElseThrow(() -> new IllegalArgumentException(
                        setting + " must be off or a cron expression whose time comes, got '" + expression
                                + "'; off runs nothing"));
        schedule.next(now);
        return schedule;
    }
}
