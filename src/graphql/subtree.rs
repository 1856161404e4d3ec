//! Lists of things that are answered at once: no task waits for each field of each thing.
//!
//! The library's executor makes a boxed future for every field. For the hundreds of fields of an edition that is most of
//! the work, though none of them waits for anything: the text is at hand. So such a list walks its selection itself. It
//! asks each field by the very resolver that the schema was made of, polls it once, and writes what it says as JSON.
//!
//! One rule keeps that the same as the ordinary way: whatever is not ready at once, is an error, or is selected in a way
//! not treated here is left to the ordinary way, from the beginning of the list. A property test compares the two.
//!
//! ```text
//! Subtrees ── every field ready? ── yes ──> JSON, as one raw value
//!    │                 └── no ──> the library's executor
//!    └── sections of an edition, told before to everybody alike ──> the same JSON, from `kept`
//! ```

use std::{
    borrow::Cow,
    cell::Cell,
    pin::pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, Waker},
};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
    registry::Registry,
};
use futures_util::future::{BoxFuture, join_all};

use super::{
    json::{self, RAW},
    kept::{PartAsked, Parts},
    session::Session,
    spelling::{self, Fragments},
};
use crate::domain::{access::Actor, id::EditionId};

/// Says of a request that its lists may be answered at once. Found in its data.
pub(super) struct AtOnce;

impl AtOnce {
    /// Whether it holds for a document. If a name of an answer is selected twice in one place, what comes of the two has
    /// to be merged, which cannot be done with what is written already.
    pub(super) fn holds_for(document: &ExecutableDocument) -> bool {
        document.operations.iter().all(|(_, operation)| has_no_twins(document, &operation.node.selection_set.node))
    }
}

fn has_no_twins(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    let mut fields = Vec::new();
    gather(document, set, &mut fields);
    let mut names: Vec<&str> = fields.iter().map(|field| field.response_key().node.as_str()).collect();
    names.sort_unstable();
    let are_twins = names.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    !are_twins && fields.iter().all(|field| has_no_twins(document, &field.selection_set.node))
}

/// The fields of a selection set with all fragments in place, whatever types these are for. The guard has bounded how many
/// that are.
fn gather<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, fields: &mut Vec<&'a Field>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => fields.push(&field.node),
            Selection::InlineFragment(inline) => gather(document, &inline.node.selection_set.node, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    gather(document, &fragment.node.selection_set.node, fields);
                }
            }
        }
    }
}

/// A list, `[T!]!` in the schema.
#[derive(Clone, Debug)]
pub struct Subtrees<T> {
    things: Vec<T>,
    /// The edition whose sections they are, if they are all that.
    sections_of: Option<EditionId>,
}

impl<T> Subtrees<T> {
    /// Some things.
    pub fn new(things: Vec<T>) -> Self {
        Self { things, sections_of: None }
    }

    /// All sections of an edition that are seen, and nothing else.
    pub fn sections_of(edition: EditionId, sections: Vec<T>) -> Self {
        Self { things: sections, sections_of: Some(edition) }
    }
}

impl<T: ContainerType + 'static> OutputType for Subtrees<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let json = match (ctx.data_opt::<AtOnce>(), self.sections_of) {
            (None, _) => None,
            (Some(_), None) => self.told(ctx).await,
            (Some(_), Some(edition)) => told_before(ctx, edition, self.told(ctx)).await,
        };
        if let Some(json) = json {
            return Ok(Value::Object(IndexMap::from_iter([(Name::new(RAW), Value::String(json))])));
        }
        let one_by_one: BoxFuture<'_, ServerResult<Value>> = Box::pin(OutputType::resolve(&self.things, ctx, field));
        one_by_one.await
    }
}

impl<T: ContainerType + 'static> Subtrees<T> {
    /// The whole list as JSON, if nothing goes wrong on the way.
    async fn told(&self, ctx: &ContextSelectionSet<'_>) -> Option<String> {
        let errors_before = count_errors(ctx)?;
        let told = match at_once(ctx, &self.things) {
            Some(Written { json, gaps }) if gaps.is_empty() => Some(json),
            Some(written) => Box::pin(filled(ctx, &self.things, written)).await,
            None => None,
        };
        // What a field complained of is told by the ordinary way once more, in its own order.
        if told.is_some() && count_errors(ctx)? == errors_before {
            return told;
        }
        if let Ok(mut errors) = ctx.query_env.errors.lock() {
            errors.truncate(errors_before);
        }
        None
    }
}

fn count_errors(ctx: &ContextSelectionSet<'_>) -> Option<usize> {
    ctx.query_env.errors.lock().map(|errors| errors.len()).ok()
}

/// The sections of an edition as they were told before, if they were to everybody alike; else they are told now, and kept
/// for others.
async fn told_before(
    ctx: &ContextSelectionSet<'_>,
    edition: EditionId,
    told: impl Future<Output = Option<String>>,
) -> Option<String> {
    let (Some(parts), Some(session)) = (ctx.data_opt::<Parts>(), ctx.data_opt::<Arc<Session>>()) else {
        return told.await;
    };
    let view = session.view();
    let is_anonymous = *session.actor() == Actor::Anonymous;
    let spell = || spelling::of(ctx.item, &ctx.query_env.fragments);
    let Some(asked) = PartAsked::by(view.reader(), is_anonymous, edition, spell) else { return told.await };
    if let Some(part) = parts.find(&asked, view.reader()) {
        return if view.has_room_for(part.things) { Some(part.json.clone()) } else { told.await };
    }
    let before = view.given();
    let json = told.await?;
    parts.keep(asked, &json, view.given() - before, view.reader());
    Some(json)
}

/// The least that is left of the stack, in bytes, when a field is asked, and how large another one is: room for whatever is
/// answered in the ordinary way below the field, as deep as the guard lets a request be. Without optimisation a level
/// takes some hundred kilobytes.
const STACK_LEFT: usize = if cfg!(debug_assertions) { 4 * 1024 * 1024 } else { 512 * 1024 };
const STACK_MORE: usize = 8 * 1024 * 1024;

/// How deep such lists are answered at once inside one another: the recommendations of the sections of an edition. Each
/// level takes room on the stack, where the ordinary way takes it from the heap.
const NESTING_MAX: usize = 2;

thread_local! {
    /// How many lists are being answered at once on this thread, one inside the other: nothing waits in between.
    static NESTING: Cell<usize> = const { Cell::new(0) };
}

/// A level of nesting, while it lasts.
struct Level;

impl Level {
    fn enter() -> Option<Self> {
        NESTING.with(|nesting| {
            let is_free = nesting.get() < NESTING_MAX;
            is_free.then(|| {
                nesting.set(nesting.get() + 1);
                Self
            })
        })
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        NESTING.with(|nesting| nesting.set(nesting.get() - 1));
    }
}

/// A list as JSON, but for fields that were not ready.
struct Written<'a> {
    json: String,
    /// In the order in which they stand.
    gaps: Vec<Gap<'a>>,
}

/// A field that is wanting.
struct Gap<'a> {
    /// Of which thing.
    thing: usize,
    field: &'a Positioned<Field>,
    /// Where its value belongs.
    at: usize,
}

/// The whole list as far as it can be had at once.
fn at_once<'a, T: ContainerType>(ctx: &ContextSelectionSet<'a>, things: &[T]) -> Option<Written<'a>> {
    let _level = Level::enter()?;
    let mut out = Written { json: String::with_capacity(512), gaps: Vec::new() };
    out.json.push('[');
    for (number, thing) in things.iter().enumerate() {
        if number > 0 {
            out.json.push(',');
        }
        out.json.push('{');
        let mut fields = Fields { out: &mut out, fragments: &ctx.query_env.fragments, thing: number, is_first: true };
        fields.write(&ctx.with_index(number), ctx.item, thing)?;
        out.json.push('}');
        if number == 0 {
            // The others are likely to be as long.
            out.json.reserve(out.json.len() * (things.len() - 1));
        }
    }
    out.json.push(']');
    Some(out)
}

/// Waits for the fields that were not ready, all together, and puts them where they belong.
async fn filled<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    things: &[T],
    Written { json, gaps }: Written<'_>,
) -> Option<String> {
    let values = gaps.iter().map(|gap| async {
        let ctx = ctx.with_index(gap.thing);
        things.get(gap.thing)?.resolve_field(&ctx.with_field(gap.field)).await.ok()
    });
    let values = join_all(values).await;
    let mut out = String::with_capacity(json.len() * 2);
    let mut done = 0;
    for (gap, value) in gaps.iter().zip(values) {
        out.push_str(json.get(done..gap.at)?);
        json::write(&mut out, &value?.unwrap_or_default());
        done = gap.at;
    }
    out.push_str(json.get(done..)?);
    Some(out)
}

/// The fields of one object, on their way into `out`.
struct Fields<'o, 'a> {
    out: &'o mut Written<'a>,
    fragments: &'a Fragments,
    thing: usize,
    is_first: bool,
}

impl<'a> Fields<'_, 'a> {
    /// Writes what is selected of `thing`; `None` if that is not treated here.
    fn write<T: ContainerType>(
        &mut self,
        ctx: &ContextSelectionSet<'_>,
        selected: &'a Positioned<SelectionSet>,
        thing: &T,
    ) -> Option<()> {
        for selection in &selected.node.items {
            match &selection.node {
                Selection::Field(field) => self.field(ctx, field, thing)?,
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                    is_of::<T>(condition)?;
                    self.write(ctx, &inline.node.selection_set, thing)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.get(&spread.node.fragment_name.node)?;
                    is_of::<T>(Some(&fragment.node.type_condition.node.on.node))?;
                    self.write(ctx, &fragment.node.selection_set, thing)?;
                }
            }
        }
        Some(())
    }

    // Out of line, so that only one field's future lies on the stack.
    #[inline(never)]
    fn field<T: ContainerType>(
        &mut self,
        ctx: &ContextSelectionSet<'_>,
        field: &'a Positioned<Field>,
        thing: &T,
    ) -> Option<()> {
        if !field.node.directives.is_empty() {
            return None;
        }
        let json = &mut self.out.json;
        if !std::mem::take(&mut self.is_first) {
            json.push(',');
        }
        json::write_text(json, &field.node.response_key().node);
        json.push(':');
        if field.node.name.node == "__typename" {
            json::write_text(json, &thing.introspection_type_name());
            return Some(());
        }
        let ctx = ctx.with_field(field);
        // The ordinary way takes room for a field from the heap. Here there is always some on the stack, or another one.
        let answer = stacker::maybe_grow(STACK_LEFT, STACK_MORE, || {
            pin!(thing.resolve_field(&ctx)).poll(&mut TaskContext::from_waker(Waker::noop()))
        });
        match answer {
            Poll::Ready(Ok(value)) => json::write(json, &value.unwrap_or_default()),
            Poll::Ready(Err(_)) => return None,
            Poll::Pending => self.out.gaps.push(Gap { thing: self.thing, field, at: json.len() }),
        }
        Some(())
    }
}

/// Whether a fragment is for exactly this type. One for another, or for an interface, is not treated here.
fn is_of<T: ContainerType>(condition: Option<&Name>) -> Option<()> {
    condition.is_none_or(|condition| *condition == *T::type_name()).then_some(())
}
