package dev.godwit.workflows.plan;

import dev.godwit.workflows.step.Effect;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The stages that will run, in order, with the steps of each. What a person reviews is what runs: it is recorded when it
 * is made, approved by its hash, and never made again behind anyone's back.
 *
 * @param hash SHA-256 over spec and steps without their estimates, in hexadecimal
 * @param steps of all stages, in order
 */
public record Plan(String hash, List<PlannedStep> steps) {
    public Plan {
        steps = List.copyOf(steps);
    }

    /** The stages, in order. */
    public List<Stage> stages() {
        return steps.stream()
                .collect(Collectors.groupingBy(PlannedStep::stage, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(Stage::new)
                .toList();
    }

    /** The index of the pivot in the list of steps. */
    public int pivot() {
        for (int index = 0; index < steps.size(); index++) {
            if (steps.get(index).isPivot()) {
                return index;
            }
        }
        throw new IllegalStateException("Expected a plan with a pivot, but found none; this is a bug of the planner");
    }

    /**
     * The time during which neither side serves: the stages from the maintenance page to the pivot.
     *
     * @param duration how long a step takes
     */
    public Duration outage(Function<PlannedStep, Duration> duration) {
        return stagesOfOutage().map(stage -> stage.duration(duration)).reduce(Duration.ZERO, Duration::plus);
    }

    /** The steps during which neither side serves, the one that puts the page up first. */
    public List<PlannedStep> outage() {
        return stagesOfOutage().flatMap(stage -> stage.steps().stream()).toList();
    }

    private Stream<Stage> stagesOfOutage() {
        int pivot = steps.get(pivot()).stage();
        return stages().stream()
                .filter(stage -> stage.number() <= pivot)
                .dropWhile(stage ->
                        stage.steps().stream().noneMatch(step -> step.step().effect() == Effect.PAGE));
    }
}
