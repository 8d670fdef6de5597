//! The menu.

use std::collections::BTreeMap;

use maitred_domain::catalogue::{Item, ModifierGroup};
use maitred_domain::ids::{CategoryId, ItemId, ModifierGroupId, ModifierId, StationId};
use maitred_domain::money::Money;
use maitred_domain::stock::Stock;
use serde::Serialize;
use utoipa::ToSchema;

use super::Views;

/// The menu.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MenuView {
    /// Differs when anything in it does.
    pub version: String,
    /// Its categories, in order.
    pub categories: Vec<CategoryView>,
    /// Its items, in order.
    pub items: Vec<ItemView>,
}

/// A category.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryView {
    /// Its id.
    pub id: CategoryId,
    /// In the venue's own language.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    pub names: BTreeMap<String, String>,
    /// `#rrggbb`.
    pub color: String,
    /// Place among the others, ascending.
    pub sort: u32,
}

/// Something to order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemView {
    /// Its id.
    pub id: ItemId,
    /// In the venue's own language.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    pub names: BTreeMap<String, String>,
    /// Where it stands on the menu.
    pub category_id: CategoryId,
    /// Now, prices by time applied.
    pub price_minor: Money,
    /// Who makes it.
    pub station: Option<StationId>,
    /// The course it usually belongs to.
    pub course: u8,
    /// How long it should take.
    pub prep_secs: u32,
    /// What it contains that can hurt a guest.
    pub allergens: Vec<String>,
    /// What is in it.
    pub description: String,
    /// Choices that go with it.
    pub modifier_groups: Vec<ModifierGroupView>,
    /// Not eighty-sixed.
    pub available: bool,
    /// How many are left, when they are counted down.
    pub remaining: Option<i64>,
    /// Place within its category, ascending.
    pub sort: u32,
    /// Shown first on the order pad.
    pub favourite: bool,
    /// Whoever orders it says what it is and what it costs.
    pub open: bool,
}

/// Choices that belong together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModifierGroupView {
    /// Its id.
    pub id: ModifierGroupId,
    /// In the venue's own language.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    pub names: BTreeMap<String, String>,
    /// At least so many.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// The choices.
    pub modifiers: Vec<ModifierView>,
}

/// One choice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModifierView {
    /// Its id.
    pub id: ModifierId,
    /// In the venue's own language.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    pub names: BTreeMap<String, String>,
    /// What it adds to the price.
    pub price_minor: Money,
    /// What it contains that can hurt a guest.
    pub allergens: Vec<String>,
}

impl From<&ModifierGroup> for ModifierGroupView {
    fn from(group: &ModifierGroup) -> Self {
        let modifiers = group.modifiers.iter().map(|modifier| ModifierView {
            id: modifier.id,
            name: modifier.name.clone(),
            names: modifier.names.clone(),
            price_minor: modifier.price,
            allergens: modifier.allergens.clone(),
        });
        Self {
            id: group.id,
            name: group.name.clone(),
            names: group.names.clone(),
            min: group.min,
            max: group.max,
            modifiers: modifiers.collect(),
        }
    }
}

impl Views<'_> {
    /// The menu.
    pub fn menu(&self) -> MenuView {
        let stock = self.store.stock();
        let mut categories: Vec<CategoryView> = self
            .catalogue
            .categories
            .values()
            .filter(|it| !it.archived)
            .map(|it| CategoryView {
                id: it.id,
                name: it.name.clone(),
                names: it.names.clone(),
                color: it.color.clone(),
                sort: it.sort,
            })
            .collect();
        categories.sort_by_key(|category| (category.sort, category.id));
        let sold = self.catalogue.items.values().filter(|item| !item.archived);
        let mut items: Vec<ItemView> = sold.map(|item| self.item(item, stock.get(&item.id))).collect();
        let rank = |item: &ItemView| {
            let category = self.catalogue.categories.get(&item.category_id);
            (category.map_or(u32::MAX, |category| category.sort), item.sort, item.id)
        };
        items.sort_by_key(rank);
        let everything = serde_json::to_vec(&(&categories, &items)).unwrap_or_default();
        let version = blake3::hash(&everything).to_hex()[..16].to_owned();
        MenuView { version, categories, items }
    }

    /// One item.
    pub fn item(&self, item: &Item, stock: Option<&Stock>) -> ItemView {
        let stock = stock.copied().unwrap_or_default();
        ItemView {
            id: item.id,
            name: item.name.clone(),
            names: item.names.clone(),
            category_id: item.category,
            price_minor: item.price_at(self.now, &self.catalogue.venue.zone()),
            station: item.station,
            course: item.course,
            prep_secs: item.prep_secs,
            allergens: item.allergens.clone(),
            description: item.description.clone(),
            modifier_groups: self.catalogue.groups_of(item).map(ModifierGroupView::from).collect(),
            available: stock.is_available(),
            remaining: stock.remaining,
            sort: item.sort,
            favourite: item.favourite,
            open: item.open,
        }
    }
}
