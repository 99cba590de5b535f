//! A store that answers gathering by looking at everything, so that no index and no query can be wrong in it.

use safetalk_domain::gather::Lookup;
use safetalk_domain::*;
use std::collections::BTreeMap;
use std::convert::Infallible;
use uuid::Uuid;

/// A store of rows in memory that answers gathering by looking at everything.
#[derive(Clone, Default)]
pub struct Naive {
    /// Rows with the position that wrote each.
    pub rows: BTreeMap<(Kind, Uuid), (Row, Position)>,
    /// Rows asked for by id, found or not.
    pub asked: Vec<(Kind, Uuid)>,
}

impl Naive {
    /// Puts a row in place of the one that was there.
    pub fn put(&mut self, row: Row, position: Position) {
        self.rows.insert((row.kind(), row.id()), (row, position));
    }

    fn every<T: Clone>(&self, pick: impl Fn(&Row) -> Option<&T>) -> Vec<(T, Position)> {
        self.rows
            .values()
            .filter_map(|(row, position)| Some((pick(row)?.clone(), *position)))
            .collect()
    }

    fn only<T: Clone>(&self, pick: impl Fn(&Row) -> Option<&T>) -> Vec<T> {
        self.every(pick).into_iter().map(|(row, _)| row).collect()
    }
}

impl Lookup for Naive {
    type Error = Infallible;

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Infallible> {
        self.asked.push((kind, id));
        Ok(self.rows.get(&(kind, id)).cloned())
    }

    async fn clinic(&mut self) -> Result<Option<Clinic>, Infallible> {
        Ok(self
            .only(|row| match row {
                Row::Clinic(c) => Some(c),
                _ => None,
            })
            .pop())
    }

    async fn members(&mut self) -> Result<Vec<Member>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Member(m) => Some(m),
            _ => None,
        }))
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Occupancy(o) if o.resource == Some(resource) && o.at.meets(window) => Some(o),
            _ => None,
        }))
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Infallible> {
        Ok(self.every(|row| match row {
            Row::TimeOff(o) if o.facts.owner.uuid() == owner && o.facts.at.meets(window) => Some(o),
            _ => None,
        }))
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Notice(n) if n.facts.session == Some(session) => Some(n),
            _ => None,
        }))
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Invoice(i) if i.facts.session == Some(session) => Some(i),
            _ => None,
        }))
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Notice(n) if n.facts.invoice == Some(invoice) => Some(n),
            _ => None,
        }))
    }
}
