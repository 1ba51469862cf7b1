//! Asking for a canary: directly, by its name, in a follow-up, by a program, on the command line.

use super::world::{CANARIES, Somebody, World, email_of, world};
use inhouse_tests::{Instance, engine, settings, unique};
use serde_json::json;

/// Asks in a conversation and checks all that comes of it.
async fn ask(caller: &Somebody, conversation: &str, question: &str) -> String {
    let client = caller.client();
    let run = client.ask_in(conversation, question).await;
    let path = format!("/api/v1/runs/{run}/events");
    caller.check(question, &client.get(&path).await);
    run
}

#[tokio::test]
async fn no_question_gets_a_canary_to_anyone_outside() {
    let world = world();
    for caller in world.people.iter().filter(|caller| caller.asks()) {
        let client = caller.client();
        for canary in CANARIES
            .iter()
            .filter(|canary| !canary.is_for(&caller.kind))
        {
            let conversation = client.new_conversation().await;
            let tag = format!("{}-end", unique("tag"));
            let question = format!("{} {tag}", canary.question);
            let run = ask(caller, &conversation, &question).await;
            ask(caller, &conversation, "And when does that have to be paid?").await;
            let request = client.escalate(&run).await;
            for path in [
                format!("/api/v1/conversations/{conversation}"),
                format!("/api/v1/requests/{request}"),
                "/api/v1/conversations".to_owned(),
                "/api/v1/requests".to_owned(),
            ] {
                caller.check(&path, &client.get(&path).await);
            }
            for word in canary.words {
                assert!(
                    !engine().was_given(&tag, word),
                    "the model got '{word}' for a question of {}",
                    caller.kind
                );
            }
        }
    }
}

#[tokio::test]
async fn the_desk_shows_a_canary_in_a_request_of_its_reader_only_to_its_readers() {
    let world = world();
    let legal = world.somebody("legal");
    for (place, member) in world.places.iter().zip(&world.people) {
        let path = format!("/api/v1/escalations/{}", place.request);
        let answer = legal.client().get(&path).await;
        answer.expect(200);
        legal.check(&path, &answer);
        // The asker still reads what was found for them.
        let path = format!("/api/v1/requests/{}", place.request);
        let own = member.client().get(&path).await;
        assert!(own.text.contains("0,000 dollars"), "{own:?}");
    }
}

#[tokio::test]
async fn a_question_that_names_a_canary_learns_nothing_about_it() {
    // An instance of its own: the words stand in the questions, and so on the desk.
    let instance = Instance::start(&settings());
    let world = World::build(&instance).await;
    let client = world.somebody("outsider").client();
    for canary in &CANARIES {
        // The words that are asked for stand in the answer as the question's own.
        let [word, number, file, _] = canary.words;
        let question = format!("What does {file} say about the {word} penalty?");
        let (_, _, events) = client.ask(&question).await;
        assert!(!format!("{events:?}").contains(number), "{events:#?}");
        let passages = events
            .iter()
            .filter_map(|event| event.data["passages"].as_array())
            .map(Vec::len);
        assert_eq!(passages.sum::<usize>(), 0, "{events:#?}");
    }
}

/// What the command line gives `somebody` for each canary's question.
fn on_the_command_line(
    run: impl Fn(&[&str], &str) -> inhouse_tests::Output,
    email: &str,
) -> Vec<String> {
    let mut all = Vec::new();
    for canary in &CANARIES {
        let query = json!({"query": canary.question}).to_string() + "\n";
        let search = ["search", "--json", "--limit", "20", "--as", email];
        let question = json!({"question": canary.question}).to_string() + "\n";
        let ask = ["ask", "--json", "--dry-run", "--as", email];
        for (arguments, input) in [(&search[..], &query), (&ask[..], &question)] {
            let output = run(arguments, input);
            assert!(output.success, "{output:?}");
            all.push(output.stdout + &output.stderr);
        }
    }
    all
}

#[tokio::test]
async fn the_command_line_keeps_to_what_the_person_may_see() {
    let instance = Instance::start(&settings());
    let world = World::build(&instance).await;
    let kinds = ["Falcon", "Otter", "Heron", "outsider", "legal", "admin"];
    let mut emails = Vec::new();
    for kind in kinds {
        emails.push(email_of(&world, kind).await);
    }
    let stopped = instance.stop();
    for (kind, email) in kinds.iter().zip(&emails) {
        let told = on_the_command_line(|arguments, input| stopped.run(arguments, input), email);
        let told = told.join("\n");
        for word in world.somebody(kind).forbidden() {
            assert!(!told.contains(word), "{kind} gets '{word}': {told}");
        }
        let own = CANARIES.iter().filter(|canary| canary.is_for(kind));
        for canary in own {
            assert!(told.contains(canary.words[2]), "{kind} finds their own");
        }
    }
}
